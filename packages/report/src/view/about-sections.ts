import type { Report } from '@ws-arena/results/report-file';
import { scaled } from './scale.ts';
import { type Section, section, type Table } from './view.ts';

/** Cases that failed, and what could not be read. */
export function problemsSection({ problems }: Report): Section {
  return section({
    ...{ id: 'problems', title: 'What failed', hint: 'cases that could not be measured' },
    brief: true,
    list: problems,
  });
}

/** Where the targets do something else than the contract asks for. */
export function differencesSection({ targets }: Report): Section {
  return section({
    id: 'differences',
    title: 'Where targets differ from the contract',
    hint: 'what a client of this target sees, and of no other',
    list: targets.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`)),
  });
}

/** On what it was measured, and with which versions. */
export function environmentSection(report: Report): Section {
  return section({
    id: 'environment',
    title: 'Environment',
    hint: 'machine, versions, command, raw data',
    tables: [targetsTable(report), environmentTable(report)],
  });
}

function targetsTable({ targets }: Report): Table {
  return {
    title: 'Targets',
    corner: 'target',
    columns: ['library', 'version', 'runs on', 'kind', 'in this run'].map((title) => ({ title })),
    rows: targets.map(({ name, library, version, runtime, language, kind, available, reason }) => ({
      ...{ head: name, target: name },
      cells: [
        library,
        version,
        runtime ?? language,
        kind,
        available ? 'ran' : (reason ?? 'not available'),
      ].map((text) => ({ text })),
    })),
  };
}

function environmentTable(report: Report): Table {
  const { environment: e, command, startedAt, finishedAt, preset, measured, precision } = report;
  const settings = Object.entries(e.settings).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['command', command],
    ['measured', `${startedAt} to ${finishedAt}, preset ${preset}`],
    ['lines', `${measured.slices} slices, ${measured.trials} trials`],
    ['stops at', `± ${Number((precision.halfWidth * 100).toPrecision(3))} % of each cost ratio`],
    ['noise', noiseText(report)],
    ['CPU', `${e.cpuModel}, ${e.cores} cores`],
    ['memory', scaled(e.memoryBytes, 'B')],
    ['system', `${e.os}, ${e.kernel}`],
    ['Node.js', `${e.node}, V8 ${e.v8}`],
    ['Go', e.go],
    ['Nginx', e.nginx],
    ['Redis', e.redis],
    ['OpenSSL', e.openssl],
    ['pinning', e.pinning],
    ['descriptors', e.descriptors.toLocaleString('en-US')],
    ['somaxconn', e.somaxconn?.toLocaleString('en-US')],
    ['local ports', e.localPortRange?.join(' to ')],
    ['commit', e.gitCommit],
    ['settings', settings.join(', ') || 'defaults'],
  ];
  return {
    title: 'Machine and run',
    corner: '',
    columns: [{ title: '' }],
    rows: rows.flatMap(([head, text]) => (text === undefined ? [] : { head, cells: [{ text }] })),
  };
}

function noiseText({ noise }: Report): string | undefined {
  if (!noise) return undefined;
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return `other processes ${percent(noise.others)} and other virtual machines ${percent(noise.steal)} of all CPU time; at least one task waited for a core ${percent(noise.pressure)} of the time`;
}
