import type { ArticleFile, ClaimFigure, ClaimOutcome, TriedClaim } from '@ws-arena/results/article-file';
import { percent, scaled } from '../view/scale.ts';

/** A figure as a reader wants it, with its interval: `5.9 µs [5.7 µs–6.1 µs]`. */
export function figureText({ value, unit, lo, hi }: ClaimFigure): string {
  const text = (one: number) => unitText[unit](one);
  return lo === undefined || hi === undefined ? text(value) : `${text(value)} [${text(lo)}–${text(hi)}]`;
}

const unitText: Readonly<Record<ClaimFigure['unit'], (value: number) => string>> = {
  ns: (value) => scaled(value, 'ns'),
  B: (value) => scaled(value, 'B'),
  '1/s': (value) => scaled(value, '1/s'),
  count: (value) => Math.round(value).toLocaleString('en-US'),
  code: String,
  share: percent,
  ratio: (value) => `${Number(value.toPrecision(3))}×`,
};

/** All figures of a claim, a line each: `held: 50,000`. */
export function figureLines({ figures }: TriedClaim): string[] {
  return Object.entries(figures).map(([name, figure]) => `${name}: ${figureText(figure)}`);
}

const outcomes: readonly ClaimOutcome[] = [
  'holds',
  'holds if',
  'does not hold',
  'undecided',
  'not tried',
  'failed',
];

/** A shorter experiment cannot measure other processes: the kernel counts in steps of 10 ms, and some experiments only judge what another measured. */
const TELLS_MS = 500;

/** How quiet the machine was while a claim was tried. */
export const noiseText = ({ others, tookMs }: TriedClaim): string =>
  tookMs < TELLS_MS
    ? 'too short to measure other processes'
    : `other processes used ${percent(others)} of the machine`;

/** How many claims came to what: `12 holds, 7 holds if, 6 does not hold`. */
export function tally({ claims }: ArticleFile): string {
  return outcomes
    .map((outcome) => [outcome, claims.filter((claim) => claim.outcome === outcome).length] as const)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${outcome}: ${count}`)
    .join(', ');
}

/** On what the claims were tried, and how quiet it was. */
export function madeOn({ claims, environment: e, startedAt, tookMs, versions }: ArticleFile): string {
  const tried = claims.filter(({ tookMs }) => tookMs > 0);
  const wallMs = tried.reduce((sum, { tookMs }) => sum + tookMs, 0);
  const others = tried.reduce((sum, { tookMs, others }) => sum + tookMs * others, 0) / Math.max(1, wallMs);
  const software = [`Node.js ${e.node}`, e.go, e.nginx && `Nginx ${e.nginx}`, ...versions].filter(Boolean);
  return `${startedAt.slice(0, 10)}, ${Math.round(tookMs / 1000)} s on ${e.cpuModel}, ${e.cores} cores, ${e.os}, ${e.kernel}; ${e.pinning}; ${software.join(', ')}. Other processes used ${percent(others)} of this machine meanwhile.`;
}
