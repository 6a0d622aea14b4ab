import { decodeHistogram } from '@ws-arena/results/histogram';
import type { LoadResult } from '@ws-arena/results/load-result';
import type { LoadSpec } from '@ws-arena/results/load-spec';
import type { SloStep, Trial } from '@ws-arena/results/trial';
import type { Warning } from '@ws-arena/results/warning';

type Probe = (
  spec: LoadSpec,
) => Promise<{ readonly load: LoadResult; readonly usage?: NonNullable<Trial['usage']> }>;

const FIRST_RATE = 4000;
const HIGHEST_RATE = 4_000_000;
/** The search ends when the highest good and the lowest bad rate are this close. */
const PRECISION = 0.08;

/**
 * The highest offered rate at which p99 from the intended send time stays within `boundNs` and nothing is lost: doubles
 * from a low rate until one fails, then halves the gap (in ratio) down to the stated precision.
 */
export async function searchSlo(
  spec: LoadSpec,
  boundNs: number,
  probe: Probe,
): Promise<Pick<Trial, 'slo'> & { readonly warnings: readonly Warning[] }> {
  const steps: SloStep[] = [];
  let good = 0;
  let bad = Number.POSITIVE_INFINITY;
  for (let rate = FIRST_RATE; rate <= HIGHEST_RATE && bad / Math.max(good, 1) > 1 + PRECISION; ) {
    const step = await sloStep(spec, rate, boundNs, probe);
    steps.push(step);
    if (step.met) good = rate;
    else bad = rate;
    if (good === 0) rate = Math.round(rate / 4);
    else rate = Math.round(bad === Number.POSITIVE_INFINITY ? rate * 2 : Math.sqrt(good * bad));
    if (rate < 100) break;
  }
  const limitedBy = steps.filter((step) => !step.met).at(-1)?.limiter;
  const warnings: Warning[] =
    limitedBy === 'generator'
      ? [
          {
            kind: 'behind-schedule',
            detail: `the generator fell behind above ${good} messages/s, so this is a lower bound`,
          },
        ]
      : [];
  return { slo: { ratePerSec: good, precision: PRECISION, steps }, warnings };
}

async function sloStep(spec: LoadSpec, ratePerSec: number, boundNs: number, probe: Probe): Promise<SloStep> {
  const load = { kind: 'open', ratePerSec, over: 'all', arrivals: 'poisson', profile: 'constant' } as const;
  const { load: result } = await probe({ ...spec, load, drainMs: 500 });
  const latency = result.latencyIntended ? decodeHistogram(result.latencyIntended) : undefined;
  const percentileNs = latency?.totalCount ? latency.getValueAtPercentile(99) : Number.MAX_SAFE_INTEGER;
  const lost = result.messages.lost;
  const behind = result.generator.behindSchedule;
  return {
    offered: ratePerSec,
    percentileNs,
    lost,
    met: percentileNs <= boundNs && lost === 0 && !behind,
    limiter: behind ? 'generator' : 'server',
  };
}
