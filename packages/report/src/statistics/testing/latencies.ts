import { bucketOf, eachBucket, type SparseHistogram, sparse } from '@ws-arena/load/buckets';
import { autoregressive, type noises } from './noise.ts';

const MEDIAN_NS = 1e6;

/** All values of `blocks` as one block. */
export function merged(blocks: readonly SparseHistogram[]): SparseHistogram {
  const counts = new Map<number, number>();
  for (const block of blocks) {
    eachBucket(block, (bucket, count) => counts.set(bucket, (counts.get(bucket) ?? 0) + count));
  }
  return sparse(counts);
}

/** What makes the latencies of a block resemble each other. */
export interface BlockModel {
  /** The share of blocks in which the server pauses: there 1 value in 20 is 8 times as long. */
  readonly pauses: number;
  /** The correlation of neighbouring blocks. */
  readonly rho: number;
}

/** How slow each of `n` blocks is for every target alike: some 20 % more or less. */
export function slowness(n: number, { rho }: BlockModel, { normal }: ReturnType<typeof noises>): number[] {
  return autoregressive(n, rho, normal).map((value) => 0.2 * value);
}

/** One block of `size` latencies per entry of `slow`, each `scale` times as long as the model's. */
export function latencyBlocks(
  slow: readonly number[],
  size: number,
  { pauses }: BlockModel,
  { normal, random }: ReturnType<typeof noises>,
  scale = 1,
): SparseHistogram[] {
  return slow.map((log) => {
    const paused = random() < pauses;
    const counts = new Map<number, number>();
    for (let i = 0; i < size; i += 1) {
      const long = paused && random() < 0.05 ? Math.log(8) : 0;
      const bucket = bucketOf(MEDIAN_NS * scale * Math.exp(log + 0.4 * normal() + long));
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    return sparse(counts);
  });
}
