import type { Ladder, Need, NeedId, NeedRow, Report } from '@ws-arena/results/report-file';
import { replacingScenarios } from '@ws-arena/results/trial';
import { laneKey, rateOf } from '../ladders.ts';
import { headline, placed } from './headline.ts';
import { listed, samplesText } from './labels.ts';
import { scaled } from './scale.ts';
import { capacityText, factorText, limiterText, valueText } from './verdict-text.ts';
import type { Table, Text } from './view.ts';

/** What a reader weighs: a need, or the features that a library has. */
export type Weight = NeedId | 'features';

/** A question that people come with, and the needs that answer it. */
export interface Decision {
  readonly id: string;
  readonly title: string;
  /** The need that answers it; where a run has none of it, the next one stands in. */
  readonly needs: readonly NeedId[];
  /** What measures the first of `needs`. */
  readonly command: string;
  /** How much each need matters for this question, 1 to 5. */
  readonly weights: Readonly<Partial<Record<Weight, number>>>;
}

/** The questions of the first screen, in its order. */
export const decisions: readonly Decision[] = [
  {
    id: 'idle',
    title: '100,000 idle clients behind Nginx',
    needs: ['idle', 'memory'],
    command: 'pnpm bench --scenarios hold --routes nginx --connections 100000 --rounds 6',
    weights: { idle: 5, memory: 4, handshakes: 3, robustness: 1 },
  },
  {
    id: 'rooms',
    title: 'rooms at 60 Hz: a game',
    needs: ['rooms', 'fanout'],
    command: 'pnpm bench --scenarios rooms',
    weights: { rooms: 5, fanout: 4, burst: 4, latency: 3, capacity: 2 },
  },
  {
    id: 'deploys',
    title: 'notifications that survive deploys',
    needs: ['deploys', 'handshakes'],
    command: 'pnpm bench --scenarios deploy --routes nginx',
    weights: { deploys: 5, handshakes: 4, nginx: 3, memory: 2, features: 4 },
  },
  {
    id: 'feeds',
    title: 'compressed JSON feeds',
    needs: ['compression'],
    command: 'pnpm bench --scenarios deflate',
    weights: { compression: 5, fanout: 3, memory: 2 },
  },
  {
    id: 'echo',
    title: 'plain request and answer',
    needs: ['message'],
    command: 'pnpm bench --scenarios load',
    weights: { message: 5, burst: 3, latency: 3, capacity: 3 },
  },
];

/** Who is best for each question, by how much, how sure that is, and what limited it. */
export function decisionsTable(report: Report): Table {
  return {
    id: 'questions',
    title: 'Five questions',
    corner: 'you run',
    narrow: 'rows',
    columns: [
      { title: 'best', lead: true, about: 'which target is best in the figure named on the left' },
      { title: 'by how much', lead: true, about: 'its figure, and how far the next target is behind' },
      {
        title: 'how sure',
        lead: true,
        about: 'the 95 % interval of that ratio, and in how many blocks it was measured',
      },
      {
        title: 'limited by',
        lead: true,
        about: 'what was saturated; at the same rate for all, it may be nothing',
      },
    ],
    rows: decisions.map((decision) => ({
      head: decision.title,
      detail: decision.needs.map((id) => titleOf(report, id)).find(Boolean) ?? '',
      cells: answer(decision, report),
    })),
  };
}

function titleOf({ needs }: Report, id: NeedId): string | undefined {
  return needs.find((need) => need.id === id)?.title;
}

function answer({ needs, command }: Decision, report: Report): Text[] {
  const found = needs.flatMap((id) => report.needs.find((need) => need.id === id) ?? []);
  const need = found[0];
  if (!need)
    return [
      { text: 'not in this run', tone: 'none' as const, detail: 'measure it with', command },
      ...NOTHING,
    ];
  const { winners, perhaps } = headline(need);
  const [first, second] = placed(need);
  const open = perhaps.length > 0 && winners.length > 0 ? `perhaps also ${perhaps.join(', ')}` : '';
  const about = [libraryOf(report, winners), open].filter(Boolean).join('; ');
  const nearest = need.id !== needs[0];
  const who: Text =
    winners.length > 0
      ? { text: listed(winners), ...(!nearest && { tone: 'best' as const }), ...(about && { detail: about }) }
      : {
          text: need.rows.some(({ place }) => place === 'unranked') ? 'not ranked' : 'undecided',
          tone: 'undecided',
        };
  const more = nearest
    ? {
        command,
        detail: [about, 'by the nearest figure of this run; measure this case with']
          .filter(Boolean)
          .join(', '),
      }
    : {};
  // How far behind somebody is in another figure than the one that is asked for would mislead.
  if (nearest) return [{ ...who, ...more }, ...NOTHING];
  return [
    who,
    marginText(need, first, second),
    sureText(need, first, second),
    limitText(need, first, report),
  ];
}

/** The library of one winner, where its target has another name. */
function libraryOf({ targets }: Report, [name, ...others]: readonly string[]): string {
  const library = targets.find((target) => target.name === name)?.library ?? '';
  return others.length > 0 || library === name ? '' : library;
}

const NOTHING: readonly Text[] = [{ text: '–' }, { text: '–' }, { text: '–' }];

function marginText({ unit, metric }: Need, first?: NeedRow, second?: NeedRow): Text {
  if (!first?.estimate) return { text: '–', tone: 'none' };
  const text = valueText(first.estimate, unit, metric);
  if (!second || second.ratioToBest === null) return { text };
  const { target, place, ratioToBest } = second;
  const factor = factorText(ratioToBest);
  // “Behind” is only what a test showed.
  if (place === 'behind') return { text, detail: `${target} ${factor} behind` };
  return place === 'equal'
    ? { text }
    : { text: `${first.target} ${text}`, detail: `${target} ${factor} more` };
}

function sureText({ resolution, scenario }: Need, first?: NeedRow, second?: NeedRow): Text {
  const why = first?.reason ?? second?.reason;
  const of = second?.ratioInterval;
  if (!of || why !== undefined) return { text: why ?? 'counted, not estimated' };
  const [lo, hi] = [of.lo, of.hi].map((ratio) => `${Number(ratio.toPrecision(3))}×`);
  const blocks = `95 %, ${samplesText(first?.estimate?.n ?? 0, scenario)}`;
  return {
    text: `${lo} to ${hi}`,
    detail: blocks,
    ...(resolution !== null && {
      title: `any difference of ${(resolution * 100).toFixed(1)} % or more would show`,
    }),
  };
}

/** At equal load often nothing is saturated; then the highest rate that the first keeps says more. */
function limitText(need: Need, first: NeedRow | undefined, { ladders }: Report): Text {
  if (need.scenario && replacingScenarios.includes(need.scenario))
    return { text: 'the drain’s spread and the clients’ backoff' };
  const limiter = first?.limiter ?? null;
  const rate = rateOf(need);
  const same = rate === undefined ? '' : ` at ${scaled(rate, '1/s')}, the same for all`;
  const free = limiter === 'none' || same !== '';
  const text =
    limiter && limiter !== 'none' ? `${limiterText(limiter)} saturated` : free ? `nothing${same}` : '–';
  const ladder =
    need.scenario === 'load' && first ? ladders.find((one) => isOf(one, need, first.target)) : undefined;
  if (!ladder) return { text };
  const kept = `keeps ${capacityText({ center: ladder.kept ?? 0, hi: ladder.broken })}`;
  return { text, detail: ladder.limiter ? `${kept}, then ${limiterText(ladder.limiter)}` : kept };
}

function isOf(ladder: Ladder, { scenario, route, params }: Need, target: string): boolean {
  if (scenario === null || route === null || ladder.target !== target) return false;
  return laneKey({ scenario: 'load', ...ladder }) === laneKey({ scenario, route, params });
}
