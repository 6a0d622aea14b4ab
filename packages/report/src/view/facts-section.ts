import type { NeedId, Report } from '@ws-arena/results/report-file';
import { FACTS_CHECKED, factRows, factsOf, libraryFacts, type SourceId, sources } from './facts.ts';
import { placeText } from './verdict-text.ts';
import type { Section, Table, Text } from './view.ts';

const sourceIds = Object.keys(sources) as SourceId[];

/** What figures cannot say, with sources; and the article's table of Go libraries with figures for its adjectives. */
export function factsSection(report: Report): Section {
  return {
    id: 'facts',
    title: 'What a figure cannot say',
    hint: 'API, rooms, reconnection, licence, maintenance; the article’s table',
    paragraphs: [
      `Checked on ${FACTS_CHECKED}. \`pnpm bench facts\` asks the registries again. Numbers in brackets refer to the sources below.`,
    ],
    tables: [factsTable(), articleTable(report)],
    list: sourceIds.map((id, index) => `[${index + 1}] ${sources[id]}`),
  };
}

function factsTable(): Table {
  return {
    id: 'libraries',
    title: 'Facts about the libraries',
    corner: 'fact',
    columns: libraryFacts.map(({ target, library }) => ({ title: library, target })),
    rows: factRows.map(({ id, title }) => ({
      head: title,
      cells: libraryFacts.map(({ facts }): Text => {
        const { text, sources: from } = facts[id];
        return { text: `${text} [${from.map((source) => sourceIds.indexOf(source) + 1).join(', ')}]` };
      }),
    })),
  };
}

const articleTargets = ['gorilla', 'coder', 'gobwas', 'ws', 'uws', 'socketio'] as const;

/** The article's own words on its three libraries ("Выбор библиотеки Go для WebSocket"), translated. */
const adjectives = [
  {
    title: 'API style',
    words: ['Traditional (callbacks)', 'Modern (Context)', 'Low-level (zero-copy)'],
    fact: 'api',
  },
  {
    title: 'Performance',
    words: ['Medium', 'High', 'Maximal'],
    needs: ['message', 'latency', 'fanout', 'memory'],
  },
  { title: 'Support of Context', words: ['No', 'Yes, native', 'No, must be wrapped'] },
  { title: 'Project', words: ['Archived, stable', 'Actively kept', 'Active'], fact: 'maintenance' },
  { title: 'Difficulty', words: ['Low', 'Low', 'High'] },
  {
    title: 'permessage-deflate',
    words: ['Partial', 'Full', 'Optional'],
    fact: 'compression',
    needs: ['compression'],
  },
] as const satisfies readonly {
  title: string;
  words: readonly [string, string, string];
  fact?: string;
  needs?: readonly NeedId[];
}[];

function articleTable(report: Report): Table {
  return {
    id: 'article-table',
    title: 'The article’s table, with figures for its adjectives',
    corner: 'property',
    columns: articleTargets.map((target) => ({ title: factsOf(target)?.library ?? target, target })),
    rows: adjectives.map((row) => ({
      head: row.title,
      cells: articleTargets.map((target, index): Text => {
        const said = row.words[index];
        const figures = 'needs' in row ? row.needs.flatMap((id) => figure(report, id, target) ?? []) : [];
        const fact = 'fact' in row ? [factsOf(target)?.facts[row.fact].text ?? ''] : [];
        const detail = [...figures, ...fact].filter(Boolean).join('; ');
        return { text: said === undefined ? '–' : `“${said}”`, ...(detail && { detail }) };
      }),
    })),
    remarks: [
      {
        about: 'in quotation marks',
        text: 'what the article says of its three libraries; below each, this run’s figures and the facts',
        grave: false,
      },
    ],
  };
}

function figure(report: Report, id: NeedId, target: string): string | undefined {
  const need = report.needs.find((candidate) => candidate.id === id);
  const row = need?.rows.find((candidate) => candidate.target === target);
  if (!need || !row?.estimate) return undefined;
  const { text, detail } = placeText(row, need.unit, need.metric);
  return `${need.title} ${text}${detail ? `, ${detail}` : ''}`;
}
