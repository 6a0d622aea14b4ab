import type { Backoff } from './load-spec.ts';

/**
 * Milliseconds that a client waits before its attempt number `attempt`, from 0, to connect again.
 * @param random from 0 up to 1; of 1 itself it is the longest wait.
 */
export function backoffMs({ kind, windowMs, maxMs }: Backoff, attempt: number, random: number): number {
  const delayMs = windowMs * 2 ** attempt;
  if (kind === 'full-jitter') return Math.min(maxMs, delayMs) * random;
  // socket.io-client's Backoff: `randomizationFactor` is 0.5, and the bound comes last.
  return Math.min(maxMs, delayMs * (0.5 + random));
}
