import type { Need, NeedId, Report } from '@ws-arena/results/report-file';
import { sourceText } from '../view/needs-table.ts';
import { placeText } from '../view/verdict-text.ts';
import { type Section, section, type Table, type Text } from '../view/view.ts';

/** A run of the site: its name, and where its page is. */
export interface SiteRun {
  readonly name: string;
  readonly page: string;
  readonly report: Report;
}

/** Runs of several machines beside each other: a table for each need, and what each run was measured on. */
export function sideBySide(runs: readonly SiteRun[]): Section {
  const ids = [...new Set(runs.flatMap(({ report }) => report.needs.map(({ id }) => id)))];
  return section({
    id: 'runs',
    title: 'Runs side by side',
    paragraphs: [
      'A figure belongs to its machine; a place, and how far behind it is, to the targets of one run. So compare places across runs, and figures only where machine and load are alike.',
    ],
    tables: [machinesTable(runs), ...ids.map((id) => needTable(id, runs))],
  });
}

function machinesTable(runs: readonly SiteRun[]): Table {
  return {
    id: 'machines',
    title: 'Machines',
    corner: 'run',
    columns: ['measured', 'machine', 'system', 'Node.js', 'smallest difference shown'].map((title) => ({
      title,
    })),
    rows: runs.map(({ name, report }) => {
      const { environment: e, startedAt, preset, measured, resolution, noise } = report;
      const noisy = noise === null ? {} : { detail: `others used ${Math.round(noise.others * 100)} %` };
      return {
        head: name,
        cells: [
          {
            text: startedAt.slice(0, 10),
            detail: `${preset}, ${measured.slices.toLocaleString('en-US')} slices`,
          },
          { text: `${e.cpuModel}, ${e.cores} cores`, ...noisy },
          { text: `${e.os}, ${e.kernel}` },
          { text: e.node },
          { text: resolution === null ? '–' : `${Math.ceil(resolution * 100)} % of CPU cost` },
        ],
      };
    }),
  };
}

function needTable(id: NeedId, runs: readonly SiteRun[]): Table {
  const needs = runs.map(({ report }) => report.needs.find((need) => need.id === id));
  const known = needs.find((need) => need !== undefined)!;
  const targets = [
    ...new Set(
      needs.flatMap((need) => need?.rows.flatMap(({ target, estimate }) => (estimate ? target : [])) ?? []),
    ),
  ];
  return {
    id: `need-${id}`,
    title: known.title,
    corner: 'target',
    columns: runs.map(({ name }, i) => {
      const need = needs[i];
      return { title: name, unit: known.unit, ...(need && { about: sourceText(need) }) };
    }),
    rows: targets.map((target) => ({
      head: target,
      target,
      cells: needs.map((need) => placeOf(need, target)),
    })),
  };
}

function placeOf(need: Need | undefined, target: string): Text {
  const row = need?.rows.find((one) => one.target === target);
  return need && row ? placeText(row, need.unit, need.metric) : { text: '–', tone: 'none' };
}
