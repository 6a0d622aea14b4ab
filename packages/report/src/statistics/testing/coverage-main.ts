// Prints the tables of simulated coverage in docs/method.md, one for each part that is named:
// pairedRatios, batches, stoppedByPrecision, medians, quantiles. The largest take some ten minutes.
import { bootstrapQuantile, bootstrapQuantileRatio, pooled } from '../block-bootstrap.ts';
import type { Interval } from '../interval.ts';
import { medianInterval } from '../median-interval.ts';
import { type PairedRatio, pairedRatio } from '../paired-ratio.ts';
import { halfWidth } from '../precision.ts';
import { signedRankP } from '../signed-rank.ts';
import { type BlockModel, latencyBlocks, merged, slowness } from './latencies.ts';
import { autoregressive, type Noise, noises } from './noise.ts';

const source = noises(2026);
const { normal, t3, t2, contaminated, exponential, lognormal } = source;
const independent = (noise: Noise) => (n: number) => Array.from({ length: n }, noise);
const correlated = (rho: number) => (n: number) => autoregressive(n, rho, normal);

/** The median of the mean of two values: what the Hodges–Lehmann estimate estimates. */
function pseudoMedian(noise: Noise): number {
  const means = Float64Array.from({ length: 2_000_000 }, () => (noise() + noise()) / 2).sort();
  return means[1_000_000]!;
}

const sources: Record<string, { draw: (n: number) => number[]; centre: number; median: number }> = {
  normal: { draw: independent(normal), centre: 0, median: 0 },
  't, 3 df': { draw: independent(t3), centre: 0, median: 0 },
  't, 2 df': { draw: independent(t2), centre: 0, median: 0 },
  contaminated: { draw: independent(contaminated), centre: 0, median: 0 },
  exponential: { draw: independent(exponential), centre: pseudoMedian(exponential), median: Math.LN2 },
  lognormal: { draw: independent(lognormal), centre: pseudoMedian(lognormal), median: 1 },
  'AR 0.1': { draw: correlated(0.1), centre: 0, median: 0 },
  'AR 0.3': { draw: correlated(0.3), centre: 0, median: 0 },
  'AR 0.5': { draw: correlated(0.5), centre: 0, median: 0 },
};

const ofLogs = (logs: readonly number[]): PairedRatio =>
  pairedRatio(
    logs.map((log) => Math.exp(log)),
    logs.map(() => 1),
  );

const holds = ({ lo, hi }: Interval, truth: number) => lo <= truth && truth <= hi;

/** How often `covers` holds, in per cent. */
function share(trials: number, covers: () => boolean): string {
  let held = 0;
  for (let trial = 0; trial < trials; trial += 1) if (covers()) held += 1;
  return ((100 * held) / trials).toFixed(1);
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const lines = [head, head.map(() => '---:'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  console.log(`${lines.join('\n')}\n`);
}

const trialsOf = (n: number) => (n > 100 ? 4000 : 10_000);

/** The interval of the textbook, which takes blocks for independent. */
function plainInterval(logs: readonly number[]): Interval {
  const means = Float64Array.from(logs.flatMap((a, i) => logs.slice(i).map((b) => (a + b) / 2))).sort();
  let place = 1;
  while (signedRankP(logs.length, place) < 0.05) place += 1;
  return { center: 0, lo: means[place - 1]!, hi: means.at(-place)! };
}

function pairedRatios(): void {
  const sizes = [6, 7, 8, 9, 10, 12, 15, 16, 20, 25, 30, 40, 60, 100, 200, 400];
  console.log('Paired ratio: coverage in per cent, and what the allowance for correlation costs\n');
  const rows = sizes.map((n) => {
    const coverages = Object.values(sources).map(({ draw, centre }) =>
      share(trialsOf(n), () => holds(ofLogs(draw(n).map((log) => 0.1 * log)).ratio, Math.exp(0.1 * centre))),
    );
    const plain = share(trialsOf(n) / 4, () => holds(plainInterval(correlated(0.3)(n)), 0));
    let [own, textbook] = [0, 0];
    for (let trial = 0; trial < 1000; trial += 1) {
      const logs = independent(normal)(n).map((log) => 0.1 * log);
      const { lo, hi } = plainInterval(logs);
      const half = Math.log1p(halfWidth(ofLogs(logs)));
      if (half === Number.POSITIVE_INFINITY) continue;
      own += half;
      textbook += (hi - lo) / 2;
    }
    return [n, ...coverages, plain, (own / textbook).toFixed(3)];
  });
  table(['blocks', ...Object.keys(sources), 'AR 0.3, plain test', 'width ÷ plain'], rows);
}

function batches(): void {
  console.log(
    'Batches of 4 blocks, joined by their mean, in the plain test: coverage in per cent, and width ÷ ours\n',
  );
  const joined = (logs: readonly number[]) =>
    Array.from(
      { length: logs.length / 4 },
      (_, i) => logs.slice(4 * i, 4 * i + 4).reduce((a, b) => a + b) / 4,
    );
  const rows = [24, 48, 96, 200].map((n) => {
    const cells = ['normal', 't, 2 df', 'AR 0.3'].flatMap((name) => {
      let [theirs, own] = [0, 0];
      const coverage = share(4000, () => {
        const logs = sources[name]!.draw(n).map((log) => 0.1 * log);
        const interval = plainInterval(joined(logs));
        const half = Math.log1p(halfWidth(ofLogs(logs)));
        if (half < Number.POSITIVE_INFINITY) {
          own += half;
          theirs += (interval.hi - interval.lo) / 2;
        }
        return holds(interval, 0);
      });
      return [coverage, (theirs / own).toFixed(2)];
    });
    return [n, ...cells];
  });
  table(['blocks', ...['normal', 't, 2 df', 'AR 0.3'].flatMap((name) => [name, 'width'])], rows);
}

function stoppedByPrecision(): void {
  console.log(
    'Paired ratio, stopped at the half width wanted, or at 250 blocks: coverage in per cent (mean blocks)\n',
  );
  const rules = [
    { first: 16, every: 1 },
    { first: 16, every: 8 },
    { first: 32, every: 8 },
  ];
  const rows = ['normal', 't, 3 df', 'AR 0.3'].flatMap((name) =>
    [0.05, 0.03].map((target) => {
      const cells = rules.map(({ first, every }) => {
        let blocks = 0;
        const coverage = share(2000, () => {
          const logs = sources[name]!.draw(250).map((log) => 0.07 * log);
          let n = first;
          let paired = ofLogs(logs.slice(0, n));
          while (n < 250 && halfWidth(paired) > target) {
            n += every;
            paired = ofLogs(logs.slice(0, n));
          }
          blocks += n;
          return holds(paired.ratio, 1);
        });
        return `${coverage} (${(blocks / 2000).toFixed(0)})`;
      });
      return [name, `±${100 * target} %`, ...cells];
    }),
  );
  const asked = rules.map(({ first, every }) => `asked at ${first} blocks and every ${every} after`);
  table(['noise', 'wanted', ...asked], rows);
}

function medians(): void {
  console.log('Single median: coverage in per cent\n');
  const rows = [6, 7, 8, 9, 10, 12, 15, 20, 30, 60, 100, 400].map((n) => [
    n,
    ...Object.values(sources).map(({ draw, median }) =>
      share(10_000, () => holds(medianInterval(draw(n)), median)),
    ),
  ]);
  table(['blocks', ...Object.keys(sources)], rows);
}
function quantiles(): void {
  console.log(
    'Quantiles by block bootstrap, 500 values a block: coverage in per cent, of one target and of the ratio\n',
  );
  const models: Record<string, BlockModel> = {
    calm: { pauses: 0, rho: 0 },
    'pauses in 1 block of 10': { pauses: 0.1, rho: 0 },
    'AR 0.3': { pauses: 0, rho: 0.3 },
  };
  const probabilities = [0.5, 0.99, 0.999];
  const ratio = 1.1;
  for (const [name, model] of Object.entries(models)) {
    const thousand = () => merged(latencyBlocks(slowness(1000, model, source), 500, model, source));
    const many = pooled([merged(Array.from({ length: 40 }, thousand))]);
    const truths = probabilities.map((quantile) => bootstrapQuantile(many, quantile).center);
    const rows = [6, 10, 20, 40, 100, 200].map((n) => {
      const trials = n > 40 ? 500 : 1000;
      const held = probabilities.map(() => ({ one: 0, ratio: 0 }));
      for (let trial = 0; trial < trials; trial += 1) {
        const slow = slowness(n, model, source);
        const baseline = pooled(latencyBlocks(slow, 500, model, source));
        const values = pooled(latencyBlocks(slow, 500, model, source, ratio));
        probabilities.forEach((quantile, i) => {
          if (holds(bootstrapQuantile(baseline, quantile), truths[i]!)) held[i]!.one += 1;
          const paired = bootstrapQuantileRatio(values, baseline, quantile);
          // Buckets are up to 0.8 % wide.
          if (paired.lo <= ratio * 1.004 && ratio <= paired.hi * 1.004) held[i]!.ratio += 1;
        });
      }
      const cell = (count: number) => ((100 * count) / trials).toFixed(1);
      return [n, ...held.flatMap((count) => [cell(count.one), cell(count.ratio)])];
    });
    console.log(`${name}\n`);
    table(['blocks', ...['p50', 'p99', 'p99.9'].flatMap((p) => [p, `${p} ratio`])], rows);
  }
}

const parts: Record<string, () => void> = { pairedRatios, batches, stoppedByPrecision, medians, quantiles };
for (const name of process.argv.slice(2)) parts[name]!();
