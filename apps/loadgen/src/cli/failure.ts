import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Threshold } from './threshold.ts';
import { formatCount } from './units.ts';

/**
 * Why the job failed although it came to its end, in one sentence, or undefined: an agent was lost, nothing was sent, nothing
 * came back, or a handshake failed. A `--fail-if` rule about `failed` says itself how many handshakes may.
 */
export function failureOf(
  spec: LoadSpec,
  result: LoadResult,
  thresholds: readonly Threshold[],
): string | undefined {
  const { load, expect } = spec;
  const { offered, sent, expected, delivered } = result.messages;
  const failed = Object.values(result.connections.failed).reduce((sum, count) => sum + count, 0);
  const lost = result.warnings.find(({ kind }) => kind === 'agent-lost');
  if (lost) return lost.detail;
  const isJudged = thresholds.some(({ metric }) => metric === 'failed');
  if (failed > 0 && !isJudged)
    return `${formatCount(failed)} of ${formatCount(result.connections.asked)} handshakes failed`;
  if (load.kind === 'limit')
    return result.limit?.largestBytes ? undefined : 'no message came back, not even one of 1 byte';
  if (load.kind === 'receive') return delivered > 0 ? undefined : 'the server sent no message';
  if (load.kind === 'connect')
    return delivered > 0 ? undefined : 'no handshake was done in the measured time';
  if (sent === 0) return `no message was sent; offered were ${formatCount(offered)}`;
  if (expect === 'echo' && delivered === 0) {
    const lost = `${formatCount(expected)} of ${formatCount(expected)} messages were lost`;
    const { wireReceived } = result.bytes;
    return wireReceived > 0
      ? `no answer was found in the ${formatCount(wireReceived)} bytes that came back: ${lost}`
      : `nothing came back: ${lost}`;
  }
  return undefined;
}
