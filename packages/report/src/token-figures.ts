import type { TokenLives, Trial } from '@ws-arena/results/trial';
import { type Figure, present, sampled } from './figure.ts';
import type { MetricName } from './metrics.ts';

/** What the rounds of `tokens` say: how many handshakes a route takes, and how long a token counts that should not. */
export function tokenFigures(trials: readonly Trial[]): Figure[] {
  const msOf = (metric: MetricName, name: keyof Omit<TokenLives, 'returns'> | 'startMs') =>
    sampled(metric, trials, ({ tokens }) => tokens && tokens[name] * 1e6);
  return present([
    sampled('handshakesPerSec', trials, ({ load }) => load && (load.handshakes / load.measuredNs) * 1e9),
    sampled('cacheHits', trials, ({ tokens }) => tokens?.returns && cacheHits(tokens.returns)),
    msOf('revokedEnters', 'revokedEntersMs'),
    msOf('revokedOpen', 'revokedOpenMs'),
    msOf('expiredOpen', 'expiredOpenMs'),
    msOf('startTime', 'startMs'),
  ]);
}

/** The share of handshakes for which the issuer was not asked, 0 to 1. */
function cacheHits({ asked, handshakes }: NonNullable<TokenLives['returns']>): number {
  return 1 - asked / handshakes;
}
