import type { Cell, Need, NeedId, NeedRow } from '@ws-arena/results/report-file';
import type { Run } from '@ws-arena/results/run-file';
import type { Params, Route, Scenario } from '@ws-arena/results/trial';
import { comparePairs, type Finding } from './compare.ts';
import type { MetricName } from './metrics.ts';
import { robustnessNeed } from './robustness.ts';
import { groupKey } from './rounds.ts';

/** Which figure stands for a need, and which of several cases is taken for it. */
interface NeedSource {
  readonly id: NeedId;
  readonly title: string;
  readonly scenario: Scenario;
  readonly routes: readonly Route[];
  readonly metric: MetricName;
  /** Of several cases with as many targets, the one with the greatest number; undefined does not stand for the need. */
  rank(params: Params): number | undefined;
}

const numberOf = (value: number | string | undefined): number => Number(value ?? 0);
const behindNginx: readonly Route[] = ['nginx', 'nginx-tls'];

const sources: readonly NeedSource[] = [
  {
    id: 'throughput',
    title: 'throughput per core',
    scenario: 'echo',
    routes: ['direct'],
    metric: 'messagesPerCoreSec',
    rank: (params) => -numberOf(params.window) - numberOf(params.payloadBytes) / 1e6,
  },
  {
    id: 'pipelined',
    title: 'throughput per core, many in flight',
    scenario: 'echo',
    routes: ['direct'],
    metric: 'messagesPerCoreSec',
    rank: ({ window, payloadBytes }) =>
      numberOf(window) > 1 ? numberOf(window) - numberOf(payloadBytes) / 1e6 : undefined,
  },
  {
    id: 'latency',
    title: 'tail latency at equal load',
    scenario: 'latency',
    routes: ['direct'],
    // Sends never wait for the server, so nothing is omitted; the time before them is the generator's own.
    metric: 'p99Actual',
    rank: (params) => -numberOf(params.ratePerSec),
  },
  {
    id: 'fanout',
    title: 'fan-out',
    scenario: 'broadcast',
    routes: ['direct'],
    metric: 'deliveriesPerCoreSec',
    rank: (params) => numberOf(params.members),
  },
  {
    id: 'memory',
    title: 'memory per connection',
    scenario: 'hold',
    routes: ['direct'],
    metric: 'bytesPerConnection',
    rank: (params) => numberOf(params.connections),
  },
  {
    id: 'handshakes',
    title: 'handshakes per core',
    scenario: 'connect',
    routes: ['direct'],
    metric: 'handshakesPerCoreSec',
    rank: (params) => numberOf(params.concurrency),
  },
  {
    id: 'nginx',
    title: 'CPU per message behind Nginx',
    scenario: 'echo',
    routes: behindNginx,
    metric: 'cpuPerMessageServing',
    rank: (params) => -numberOf(params.window) - numberOf(params.payloadBytes) / 1e6,
  },
  {
    id: 'compression',
    title: 'compressed throughput per core',
    scenario: 'deflate',
    routes: ['direct'],
    metric: 'messagesPerCoreSec',
    // Level 6 without context takeover is what most libraries can do.
    rank: ({ level, takeover }) =>
      numberOf(level) === 0 ? undefined : (level === 6 ? 2 : 0) + (takeover === 'no' ? 1 : 0),
  },
];

/** A tie is claimed where the whole interval of the ratio is within this factor of 1; a wider one only shows noise. */
const TIE_WITHIN = 1.1;

/** The first table of a report: every target's place in every need that the run measured. */
export function needsOf(cells: readonly Cell[], run: Run): Need[] {
  const names = run.targets.map((target) => target.name);
  const chosen = sources.flatMap((source) => {
    const found = caseFor(source, cells);
    return found.length === 0 ? [] : [{ source, found }];
  });
  // All needs are one look at the run, so their p values are adjusted together.
  const races = chosen.map(({ found }) => raceOf(found));
  const findings = comparePairs(races.flat());
  let at = 0;
  const measured = chosen.map(({ source, found }, index): Need => {
    const race = races[index]!;
    const own = findings.slice(at, at + race.length);
    at += race.length;
    const { scenario, route, params, metric, unit, better } = found[0]!;
    const { id, title } = source;
    return { id, title, scenario, route, params, metric, unit, better, rows: rowsOf(names, found, own) };
  });
  return [...measured, ...robustnessNeed(run)];
}

function caseFor(source: NeedSource, cells: readonly Cell[]): Cell[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    if (cell.scenario !== source.scenario || cell.metric !== source.metric) continue;
    if (!source.routes.includes(cell.route) || source.rank(cell.params) === undefined) continue;
    groups.set(groupKey(cell), [...(groups.get(groupKey(cell)) ?? []), cell]);
  }
  const place = (group: readonly Cell[]) => -source.routes.indexOf(group[0]!.route);
  const rank = (group: readonly Cell[]) => source.rank(group[0]!.params) ?? 0;
  const [best = []] = [...groups.values()].sort(
    (a, b) => b.length - a.length || place(b) - place(a) || rank(b) - rank(a),
  );
  return best.filter((cell) => cell.estimate.center > 0);
}

/** Best first, then each other cell against it. */
function raceOf(found: readonly Cell[]): { baseline: Cell; target: Cell }[] {
  const baseline = leaderOf(found);
  return baseline ? found.filter((cell) => cell !== baseline).map((target) => ({ baseline, target })) : [];
}

function leaderOf(found: readonly Cell[]): Cell | undefined {
  const sign = found[0]?.better === 'higher' ? -1 : 1;
  return [...found].sort((a, b) => sign * (a.estimate.center - b.estimate.center))[0];
}

function rowsOf(
  names: readonly string[],
  found: readonly Cell[],
  findings: readonly (Finding | undefined)[],
): NeedRow[] {
  const leader = leaderOf(found);
  const others = found.filter((cell) => cell !== leader);
  return names.map((target): NeedRow => {
    const cell = found.find((one) => one.target === target);
    if (!cell || !leader)
      return { target, estimate: null, ratioToBest: null, place: 'missing', limiter: null };
    const { estimate, limiter } = cell;
    if (cell === leader)
      return { target, estimate, ratioToBest: 1, limiter, ...leaderPlace(findings, cell.better) };
    const finding = findings[others.indexOf(cell)];
    const ratioToBest = behind(estimate.center / leader.estimate.center, cell.better);
    if (!finding) {
      const reason = 'a round’s figure is not above 0';
      return { target, estimate, ratioToBest, place: 'undecided', limiter, reason };
    }
    // One round has a ratio, and no interval of it.
    const ratioInterval = Math.min(estimate.n, leader.estimate.n) > 1 && intervalBehind(finding, cell.better);
    const place = placeOf(finding, cell.better);
    return { target, estimate, ratioToBest, ...(ratioInterval && { ratioInterval }), limiter, ...place };
  });
}

function behind(ratio: number, better: Cell['better']): number {
  return better === 'higher' ? 1 / ratio : ratio;
}

function intervalBehind({ ratio: { lo, hi } }: Finding, better: Cell['better']): { lo: number; hi: number } {
  return better === 'higher' ? { lo: 1 / hi, hi: 1 / lo } : { lo, hi };
}

type Place = Pick<NeedRow, 'place' | 'reason'>;

/** The first is the best where some other was told from it, or found equal; else its place is open as theirs are. */
function leaderPlace(findings: readonly (Finding | undefined)[], better: Cell['better']): Place {
  const others = findings.flatMap((finding) => (finding ? [placeOf(finding, better)] : []));
  const told = others.some(({ place }) => place === 'behind' || place === 'tie');
  if (told || others.length === 0) return { place: 'best' };
  const reason = others.find((other) => other.reason)?.reason;
  const generator = others.every(({ place }) => place === 'unranked');
  return { place: generator ? 'unranked' : 'undecided', ...(reason && { reason }) };
}

function placeOf(finding: Finding, better: Cell['better']): Place {
  const { verdict, undecided, reason } = finding;
  if (undecided)
    return { place: undecided === 'generator' ? 'unranked' : 'undecided', ...(reason && { reason }) };
  if (verdict !== '~') return { place: 'behind' };
  const { lo, hi } = intervalBehind(finding, better);
  if (lo >= 1 / TIE_WITHIN && hi <= TIE_WITHIN) return { place: 'tie' };
  return {
    place: 'undecided',
    reason: 'the rounds vary too much to show a difference, or that there is none',
  };
}
