import type { Environment } from './environment.ts';

/** Version of `article.json`. */
export const ARTICLE_SCHEMA_VERSION = 1;

/** What an experiment says of a claim. `holds if`: under a condition that the claim does not name. */
export type ArticleVerdict = 'holds' | 'holds if' | 'does not hold';

/**
 * `undecided`: the intervals are too wide for a verdict. `not tried`: this machine lacks something that the experiment needs.
 * `failed`: the experiment broke off.
 */
export type ClaimOutcome = ArticleVerdict | 'undecided' | 'not tried' | 'failed';

/** One figure in a base unit; `count` and `code` are whole numbers, `share` is 0 to 1, `ratio` is one figure over another. */
export interface ClaimFigure {
  readonly value: number;
  readonly unit: 'ns' | 'B' | '1/s' | 'count' | 'code' | 'share' | 'ratio';
  /** The 95 % interval, where the figure has one. */
  readonly lo?: number;
  readonly hi?: number;
  /** Values that it was made from. */
  readonly n?: number;
}

/** The figures of one claim by what they are of, in the order in which they are shown. */
export type ClaimFigures<Name extends string = string> = Readonly<Record<Name, ClaimFigure>>;

/** One claim of the article, and what became of it here. */
export interface TriedClaim {
  readonly id: string;
  /** The part of the article that makes it. */
  readonly part: string;
  /** The claim in English. */
  readonly says: string;
  readonly experiment: string;
  readonly outcome: ClaimOutcome;
  /** The ground of the verdict, its condition, or why there is none. One or two sentences. */
  readonly because: string;
  readonly figures: ClaimFigures;
  readonly tookMs: number;
  /** Share of this machine's time that other processes used meanwhile, 0 to 1. */
  readonly others: number;
}

/** `article.json`: a run of `pnpm bench article`. Every other form of its table is made from it. */
export interface ArticleFile {
  readonly schemaVersion: typeof ARTICLE_SCHEMA_VERSION;
  readonly command: string;
  readonly startedAt: string;
  readonly tookMs: number;
  readonly environment: Environment;
  /** What was measured, e.g. `gorilla/websocket v1.5.3`. */
  readonly versions: readonly string[];
  readonly claims: readonly TriedClaim[];
}
