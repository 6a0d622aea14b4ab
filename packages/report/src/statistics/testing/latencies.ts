import type { BlockHistogram } from '../block-bootstrap.ts';
import { autoregressive, type noises } from './noise.ts';

const PER_BUCKET = 0.002;

/** The value of a bucket: buckets are 0.2 % apart. */
export function bucketValue(bucket: number): number {
  return Math.exp(bucket * PER_BUCKET);
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
): BlockHistogram[] {
  return slow.map((log) => {
    const paused = random() < pauses;
    const counts = new Map<number, number>();
    for (let i = 0; i < size; i += 1) {
      const long = paused && random() < 0.05 ? Math.log(8) : 0;
      const bucket = Math.round((Math.log(scale) + log + 0.4 * normal() + long) / PER_BUCKET);
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    return [...counts];
  });
}
