import type { ServerConfig } from './options.ts';

interface Invariant {
  readonly holds: (config: ServerConfig) => boolean;
  readonly sentence: (config: ServerConfig) => string;
}

/** What must hold between settings. Each sentence says why. */
const invariants: readonly Invariant[] = [
  {
    holds: (c) => c.pingPeriodMs < c.pongWaitMs,
    sentence: (c) =>
      `pingPeriodMs is ${c.pingPeriodMs} and must be below pongWaitMs (${c.pongWaitMs}): a healthy peer would be cut off before the first ping could reach it`,
  },
  {
    holds: (c) => c.proxyReadTimeoutMs > c.pongWaitMs,
    sentence: (c) =>
      `proxyReadTimeoutMs is ${c.proxyReadTimeoutMs} and must be above pongWaitMs (${c.pongWaitMs}): Nginx would cut connections that the server still considers healthy, with close code 1006 for the client`,
  },
  {
    holds: (c) => c.proxySendTimeoutMs > c.writeWaitMs,
    sentence: (c) =>
      `proxySendTimeoutMs is ${c.proxySendTimeoutMs} and must be above writeWaitMs (${c.writeWaitMs}): Nginx would cut a slow reader before the server's own write deadline decides`,
  },
  {
    holds: (c) => c.maxBufferedBytes >= c.readLimitBytes,
    sentence: (c) =>
      `maxBufferedBytes is ${c.maxBufferedBytes} and must be at least readLimitBytes (${c.readLimitBytes}): the echo of one message of the allowed size could not be queued`,
  },
  {
    holds: (c) => c.drainSpreadMs === 0 || c.drainSpreadMs < c.shutdownGraceMs,
    sentence: (c) =>
      `drainSpreadMs is ${c.drainSpreadMs} and must be 0 or below shutdownGraceMs (${c.shutdownGraceMs}): the process ends after shutdownGraceMs, and the last client needs time to answer its close frame`,
  },
  {
    holds: (c) => c.proxyHandshakeBurst === 0 || c.proxyHandshakesPerSec > 0,
    sentence: (c) =>
      `proxyHandshakeBurst is ${c.proxyHandshakeBurst} and must be 0 while proxyHandshakesPerSec is 0: a burst exceeds a rate, and there is none`,
  },
  {
    holds: (c) => !c.longPolling || c.maxConnections > 0,
    sentence: () =>
      'longPolling is true and maxConnections is 0; it must be above 0: a session over HTTP holds no descriptor, so nothing else limits their number',
  },
  ...(['authAudience', 'authRole', 'authJwksUrl', 'proxyIntrospectionUrl'] as const).map((name) => ({
    holds: (c: ServerConfig) => c.authIssuer !== '' || c[name] === '',
    sentence: (c: ServerConfig) =>
      `${name} is ${c[name]} and must be empty while authIssuer is: without an issuer no token is checked`,
  })),
  {
    holds: (c) => c.authIssuer === '' || !c.authByProxy,
    sentence: (c) =>
      `authByProxy is true and must be false with authIssuer (${c.authIssuer}): the proxy removes the token, so the server has none to check`,
  },
  {
    holds: (c) => c.authIssuer === '' || c.authAudience !== '',
    sentence: (c) =>
      `authAudience is empty and must be set with authIssuer (${c.authIssuer}): a token that was issued for another service would be accepted`,
  },
  {
    holds: (c) => c.authIssuer === '' || c.authJwksUrl !== '',
    sentence: (c) =>
      `authJwksUrl is empty and must be set with authIssuer (${c.authIssuer}): without its keys no signature can be checked`,
  },
];

/** The sentences of all invariants that `config` breaks, in a fixed order; empty when it is sound. */
export function brokenInvariants(config: ServerConfig): string[] {
  return invariants.filter((i) => !i.holds(config)).map((i) => i.sentence(config));
}
