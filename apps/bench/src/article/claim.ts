import type { Interval } from '@ws-arena/report/statistics/interval';
import { ratioOfPairs } from '@ws-arena/report/statistics/paired-ratio';
import type { ArticleVerdict, ClaimFigure, ClaimFigures } from '@ws-arena/results/article-file';
import type { TestBed } from '../processes/test-bed.ts';

/** What the figures say of a claim. */
export interface Judgement {
  readonly verdict: ArticleVerdict | 'undecided';
  /** The ground, or the condition of `holds if`. One or two sentences. */
  readonly because: string;
}

/** One claim of the article and the experiment that it is put to. */
export interface Claim<Name extends string = string> {
  readonly id: string;
  readonly part: (typeof parts)[number];
  /** The claim in English, as near to the article's words as may be. */
  readonly says: string;
  /** What is done, and what is scaled down. */
  readonly experiment: string;
  /** It waits and does not work: it runs beside the others of its kind. */
  readonly idle?: true;
  /**
   * Starts what it needs on the bed, which ends all of it.
   * @throws NotTried, TargetUnavailable or NginxUnavailable where this machine lacks something.
   */
  measure(bed: TestBed): Promise<ClaimFigures<Name>>;
  /** A pure function of the figures. */
  judge(figures: ClaimFigures<Name>): Judgement;
}

/** A claim with figures of its own: their names are those that `measure` gives. */
export const claim = <Name extends string>(of: Claim<Name>): Claim<Name> => of;

export const holds = (because: string): Judgement => ({ verdict: 'holds', because });
/** @param because the condition. */
export const holdsIf = (because: string): Judgement => ({ verdict: 'holds if', because });
export const doesNotHold = (because: string): Judgement => ({ verdict: 'does not hold', because });
export const undecided = (because: string): Judgement => ({ verdict: 'undecided', because });

/** Parts of the article, in its order. */
export const parts = [
  'Go',
  'Nginx: which variant',
  'Which Go library',
  'Nginx: upgrade and buffering',
  'Timeouts and pings',
  'Deadlines',
  'WSS',
  'Monitoring',
  'Balancing',
  'Sizes',
  'Compression',
] as const;

/** This machine lacks what the experiment needs; the message is one sentence. */
export class NotTried extends Error {
  override readonly name = 'NotTried';
}

export const count = (value: number, n?: number): ClaimFigure => figure('count', value, n);
/** A status or close code. */
export const code = (value: number): ClaimFigure => figure('code', value);
export const share = (value: number, n?: number): ClaimFigure => figure('share', value, n);
export const bytes = (value: number, n?: number): ClaimFigure => figure('B', value, n);
export const perSec = (value: number): ClaimFigure => figure('1/s', value);
export const milliseconds = (value: number, n?: number): ClaimFigure => figure('ns', value * 1e6, n);

/** A duration in nanoseconds with its interval. */
export const duration = (interval: Interval, n: number): ClaimFigure => withInterval('ns', interval, n);
/** Of figures of the same blocks; one that is not known, such as CPU time that the kernel had not counted, drops its block. */
export const ratio = (pairs: Parameters<typeof ratioOfPairs>[0]): ClaimFigure => {
  const { ratio: interval, n } = ratioOfPairs(pairs);
  return withInterval('ratio', interval, n);
};
export const plainRatio = (value: number, n?: number): ClaimFigure => figure('ratio', value, n);

function figure(unit: ClaimFigure['unit'], value: number, n?: number): ClaimFigure {
  return { value, unit, ...(n !== undefined && { n }) };
}

/** Without its interval where there were too few blocks for one. */
function withInterval(unit: ClaimFigure['unit'], { center, lo, hi }: Interval, n: number): ClaimFigure {
  return { value: center, unit, n, ...(lo > 0 && Number.isFinite(hi) && { lo, hi }) };
}

/** Whether a ratio was shown to be above `bound`: its whole interval is. Without an interval nothing is shown. */
export const shownAbove = ({ lo }: ClaimFigure, bound: number): boolean => lo !== undefined && lo > bound;
export const shownBelow = ({ hi }: ClaimFigure, bound: number): boolean => hi !== undefined && hi < bound;
