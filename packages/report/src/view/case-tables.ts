import type { WarningKind } from '@ws-arena/load/warning';
import type { Cell, Comparison, Fact, Report } from '@ws-arena/results/report-file';
import { type Case, groupKey, replacingScenarios, type Scenario } from '@ws-arena/results/trial';
import { equalLoadRates, laneKey, rateOf } from '../ladders.ts';
import { type MetricName, metricHead, metricNamed, metrics } from '../metrics.ts';
import { caseText, facetsOf } from './labels.ts';
import { intervalText, scaled, scaledCenter, spread } from './scale.ts';
import { limiterText, verdictText } from './verdict-text.ts';
import { type Bar, type Column, type Remark, type Section, section, type Table, type Text } from './view.ts';

const replacing: readonly MetricName[] = [
  ...(['backMostNs', 'backAllNs', 'backInWindow', 'awayMost', 'awayP50', 'awayP99'] as const),
  ...(['handshakesPeak', 'lostWithConnection', 'lostUntouched', 'messagesLost', 'sessionsRestored'] as const),
  ...(['messagesRepeated', 'messagesLate', 'connectedP99', 'cpuServer', 'cpuProxy', 'cpuRedis'] as const),
];

/** The figures that stand in the tables of a scenario, the most telling first; all others are in the CSV. */
const headlines: Readonly<Record<Scenario, readonly MetricName[]>> = {
  load: [
    ...(['cpuServing', 'cpuServer', 'cpuProxy', 'p99Typical', 'p99', 'p50'] as const),
    ...(['p999', 'p99Actual', 'cpuGenerator'] as const),
  ],
  echo: ['deliveredPerSec', 'cpuServer', 'cpuProxy', 'cpuGenerator'],
  broadcast: ['cpuServing', 'cpuServer', 'p99', 'lastMemberP99', 'cpuGenerator'],
  rooms: [
    ...(['cpuServing', 'cpuServer', 'cpuProxy', 'cpuRedis', 'deliveredPerSec'] as const),
    ...(['p50', 'p99', 'p999', 'lastMemberP99', 'cpuGenerator'] as const),
  ],
  connect: ['cpuServing', 'cpuServer', 'cpuProxy', 'p99', 'p50', 'cpuGenerator'],
  deflate: ['cpuServing', 'cpuServer', 'wireRatio', 'p99', 'cpuGenerator'],
  http: ['cpuServing', 'cpuServer', 'p99', 'p50'],
  hold: [
    'bytesPerConnection',
    'bytesPerConnectionServing',
    'bytesPerConnectionProxy',
    'connectionsPerGib',
    'cpuServer',
    'unexpectedCloses',
  ],
  limit: ['largestMessage'],
  tokens: ['handshakesPerSec', 'cacheHits', 'revokedEnters', 'revokedOpen', 'expiredOpen', 'startTime'],
  deploy: replacing,
  storm: replacing,
  crash: replacing,
  mixed: ['p99', 'p50', 'p999', 'cpuServing', 'cpuServer', 'cpuGenerator'],
  slow: [
    ...(['healthyP99', 'untilCut', 'slowCut', 'serverGrew', 'proxyGrew', 'slowDropped'] as const),
    ...(['messagesLost', 'cpuServer', 'cpuProxy'] as const),
  ],
};

/** Every case but the steps of a ladder: of those the one at which the targets are compared. */
export function figuresSection(report: Report): Section {
  return section({
    id: 'figures',
    title: 'Figures',
    hint: 'every case, with intervals, limiters and warnings',
    brief: true,
    paragraphs: [HOW_TO_READ],
    tables: caseTables(report),
  });
}

const HOW_TO_READ =
  'A figure is the median of its slices, and ± reaches to the farther end of its 95 % interval. A percentile is taken over all slices together. A ratio compares block by block. CPU is CPU time for each message, delivery, handshake or request; of idle connections, for each connection and second.';

function caseTables(report: Report): Table[] {
  const rates = equalLoadRates(report.ladders);
  const shown = report.cells.filter(
    (cell) => cell.scenario !== 'load' || rates.get(laneKey(cell)) === rateOf(cell),
  );
  const comparisons = new Map(
    report.comparisons.map((one) => [`${groupKey(one)} ${one.target} ${one.metric}`, one]),
  );
  const compared = (cell: Cell) => comparisons.get(`${groupKey(cell)} ${cell.target} ${cell.metric}`);
  return [...Map.groupBy(shown, tableKey).values()].map((cells) => caseTable(cells, report, compared));
}

/** Cases of one table: those of a group, and the same with sessions restored. */
export function tableKey({
  scenario,
  route,
  params: { recovery: _, ...params },
}: Omit<Case, 'target'>): string {
  return groupKey({ scenario, route, params });
}

/** What a case is called in its table. */
export function rowName({ target, params }: Pick<Case, 'target' | 'params'>): string {
  return params.recovery === undefined ? target : `${target}, restoring sessions`;
}

/** The columns of findings that are no numbers. */
const factColumns: Readonly<Record<Fact['name'], Column>> = {
  pastLimit: { title: 'one byte more', about: 'what the client sees when it sends one byte more' },
  backInTime: {
    title: '99 % in the window',
    about:
      'whether 99 % of the clients whose connection ended had the next within the window: the spread of the drain, and the longest wait before a first attempt',
  },
};

/** All figures of a case have one limiter. */
function limiterIn([cell]: readonly Cell[]): Cell['limiter'] {
  return cell?.limiter ?? null;
}

function caseTable(
  cells: readonly Cell[],
  report: Report,
  compared: (cell: Cell) => Comparison | undefined,
): Table {
  const { scenario, route, params } = cells[0]!;
  const present = headlines[scenario].filter((name) => cells.some(({ metric }) => metric === name));
  const [lead] = present;
  const of = (row: string, metric: string) =>
    cells.find((cell) => rowName(cell) === row && cell.metric === metric);
  const head = (name: MetricName) => ({ ...metricHead(name, scenario), unit: metrics[name].unit });
  const names = [...new Set(cells.map(rowName))];
  const leads = names.flatMap((row) => of(row, lead!) ?? []);
  const baseline = leads.flatMap((cell) => compared(cell)?.baseline ?? [])[0];
  const limited = metrics[lead!].unit === '1/s' || replacingScenarios.includes(scenario);
  const facts = report.facts.filter((fact) => tableKey(fact) === tableKey(cells[0]!));
  const told = [...new Set(facts.map(({ name }) => name))];
  const remarks = remarksOf(
    cells.filter(({ metric }) => present.some((name) => name === metric)),
    report,
  );
  return {
    id: tableId(cells[0]!),
    title: caseText({ scenario, route, params }),
    ...(replacingScenarios.includes(scenario) && { narrow: 'split' }),
    facets: facetsOf({ scenario, route, params }),
    corner: 'target',
    columns: [
      { ...head(lead!), lead: true },
      ...(baseline
        ? [
            {
              title: `against ${baseline}`,
              about: `its ratio to ${baseline}, block by block, and the verdict of a test`,
            },
          ]
        : []),
      ...(limited
        ? [
            {
              title: 'limiter',
              about:
                'what was saturated, and so limited the figure; where that is the generator, the figure is a lower bound',
            },
          ]
        : []),
      ...told.map((name) => factColumns[name]),
      ...present.slice(1).map((name) => head(name)),
    ],
    rows: names.map((row) => {
      const { target } = cells.find((cell) => rowName(cell) === row)!;
      const cell = of(row, lead!);
      const finding = cell && compared(cell);
      return {
        ...(cell && { id: `case-${cell.case}` }),
        ...{ head: row, target, marked: remarks.some(({ rows: about }) => about.includes(row)) },
        cells: [
          figureText(cell, Math.max(...leads.map(({ estimate }) => estimate.hi ?? estimate.center))),
          ...(baseline ? [finding ? verdictText(finding) : { text: '' }] : []),
          ...(limited
            ? [{ text: limiterText(limiterIn(present.flatMap((name) => of(row, name) ?? []))) }]
            : []),
          ...told.map((name) => ({
            text: facts.find((fact) => fact.name === name && rowName(fact) === row)?.value ?? '',
          })),
          ...present.slice(1).map((name) => figureText(of(row, name))),
        ],
      };
    }),
    remarks,
  };
}

/** The name of the table of a case; `case-N` is the row of one. */
export function tableId(first: Pick<Cell, 'case'>): string {
  return `cases-${first.case}`;
}

/** The address of a figure. */
export function figureId({ case: index, metric }: Pick<Cell, 'case' | 'metric'>): string {
  return `case-${index}-${metric}`;
}

/** @param longest what a bar of full length stands for; without it there is none. */
function figureText(cell: Cell | undefined, longest?: number): Text {
  if (!cell) return { text: '–', tone: 'none' };
  const { estimate, unit } = cell;
  const interval = intervalText(estimate, unit);
  const half = spread(estimate);
  return {
    text: metricNamed(cell.metric)?.fraction
      ? `${scaled(estimate.center * 100, unit)} %`
      : scaledCenter(cell),
    title: `${interval ? `${interval} (95 %), ` : ''}n = ${estimate.n}`,
    ...{ value: estimate.center, id: figureId(cell) },
    ...(longest && longest > 0 && { bar: barOf(cell, longest) }),
    ...(half && { spread: half }),
  };
}

function barOf({ estimate: { center, lo, hi }, unit, limiter }: Cell, longest: number): Bar {
  return {
    share: center / longest,
    ...(lo !== null && hi !== null && { lo: Math.max(0, lo / longest), hi: hi / longest }),
    hollow: unit === '1/s' && limiter === 'generator',
  };
}

/** Warnings that a reader must not miss. */
const grave: readonly WarningKind[] = [
  ...(['lost', 'duplicated', 'reordered', 'corrupted', 'connect-failed', 'closed-unexpectedly'] as const),
  ...(['wrong-extension', 'server-died', 'proxy-died', 'redis-died'] as const),
];

/** What the banner says of the whole run is not repeated for each case. */
const ofTheMachine: readonly WarningKind[] = ['busy-machine', 'steal'];

function remarksOf(
  cells: readonly Cell[],
  { banner }: Report,
): (Remark & { readonly rows: readonly string[] })[] {
  const all = cells.flatMap((cell) => cell.warnings.map((warning) => ({ row: rowName(cell), ...warning })));
  const told = all.filter(({ kind }) => banner === null || !ofTheMachine.includes(kind));
  return [...Map.groupBy(told, ({ kind, detail }) => `${kind}: ${detail}`)].map(([text, own]) => {
    const rows = [...new Set(own.map(({ row }) => row))];
    return { about: rows.join(', '), text, grave: grave.includes(own[0]!.kind), rows };
  });
}
