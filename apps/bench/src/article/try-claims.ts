import { availableParallelism } from 'node:os';
import { TargetUnavailable } from '@ws-arena/contract/target-unavailable';
import { NginxUnavailable } from '@ws-arena/infra/nginx-binary';
import type { TriedClaim } from '@ws-arena/results/article-file';
import { type SharedBed, TestBed } from '../processes/test-bed.ts';
import { type Claim, NotTried } from './claim.ts';
import { othersSince } from './others.ts';

const unavailable = [NotTried, TargetUnavailable, NginxUnavailable];

/**
 * Puts claims to their experiments: those that only wait all together, then each of the others alone.
 * @param tried hears of each as it comes.
 * @throws the reason of an interruption; whatever else fails is an outcome.
 */
export async function tryClaims(
  claims: readonly Claim[],
  shared: SharedBed,
  tried: (claim: TriedClaim) => void,
): Promise<void> {
  const attempt = async (claim: Claim) => tried(await tryClaim(claim, shared));
  const idle = await Promise.allSettled(claims.filter(({ idle }) => idle).map(attempt));
  for (const one of idle) if (one.status === 'rejected') throw one.reason;
  for (const claim of claims.filter(({ idle }) => !idle)) await attempt(claim);
}

/** @throws the reason of an interruption. */
export async function tryClaim(claim: Claim, shared: SharedBed): Promise<TriedClaim> {
  shared.interrupted.throwIfAborted();
  const { id, part, says, experiment } = claim;
  const startedMs = performance.now();
  const others = othersSince(availableParallelism());
  const bed = new TestBed(shared);
  const outcome = await attempt(claim, bed).finally(() => bed.close());
  return { id, part, says, experiment, ...outcome, tookMs: performance.now() - startedMs, others: others() };
}

async function attempt(
  claim: Claim,
  bed: TestBed,
): Promise<Pick<TriedClaim, 'outcome' | 'because' | 'figures'>> {
  try {
    const figures = await bed.orInterrupted(claim.measure(bed));
    const { verdict, because } = claim.judge(figures);
    return { outcome: verdict, because, figures };
  } catch (error) {
    bed.interrupted.throwIfAborted();
    const { message } = error as Error;
    const lacks = unavailable.some((kind) => error instanceof kind);
    return { outcome: lacks ? 'not tried' : 'failed', because: message, figures: {} };
  }
}
