import type { SparseHistogram } from '@ws-arena/load/buckets';
import type { MetricName } from './metrics.ts';
import { type Pool, pooled } from './statistics/block-bootstrap.ts';

/** One figure of one case: its value in each block or round, or the histograms that a percentile is taken from. */
export interface Figure {
  readonly metric: MetricName;
  readonly values: ReadonlyMap<number, number>;
  readonly histograms?: BlockHistograms;
  /** Of a latency from the intended send: the same messages from the real one. */
  readonly fromRealSend?: Figure;
}

/** The histograms of a case by block; its percentiles share one pool of them. */
export class BlockHistograms {
  readonly #byBlock: ReadonlyMap<number, SparseHistogram>;
  #pool: Pool | undefined;

  constructor(byBlock: ReadonlyMap<number, SparseHistogram>) {
    this.#byBlock = byBlock;
  }

  get size(): number {
    return this.#byBlock.size;
  }

  /** All of them. */
  get pool(): Pool {
    this.#pool ??= pooled([...this.#byBlock.values()]);
    return this.#pool;
  }

  /** The pools of both in the blocks that both have. */
  with(other: BlockHistograms): readonly [own: Pool, other: Pool] {
    const shared = [...this.#byBlock.keys()].filter((block) => other.#byBlock.has(block));
    if (shared.length === this.size && shared.length === other.size) return [this.pool, other.pool];
    return [
      pooled(shared.map((block) => this.#byBlock.get(block)!)),
      pooled(shared.map((block) => other.#byBlock.get(block)!)),
    ];
  }
}

/** The figure of each line that has one, by its block or round. */
export function sampled<T extends { readonly block: number } | { readonly round: number }>(
  metric: MetricName,
  lines: readonly T[],
  figureOf: (line: T) => number | undefined,
): Figure {
  const values = new Map<number, number>();
  for (const line of lines) {
    const value = figureOf(line);
    if (value !== undefined && Number.isFinite(value))
      values.set('block' in line ? line.block : line.round, value);
  }
  return { metric, values };
}

/** Those that were measured. */
export function present(figures: readonly Figure[]): Figure[] {
  return figures.filter(({ values, histograms }) => values.size > 0 || (histograms && histograms.size > 0));
}
