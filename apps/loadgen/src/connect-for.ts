import type { LoadSpec } from '@ws-arena/results/load-spec';
import { connectTcp } from './tcp-transport.ts';
import type { Connect } from './transport.ts';

/**
 * The transport for `url`: TCP for `ws:`, TLS for `wss:`.
 * @throws Error for another protocol.
 */
export function connectFor(url: URL, _spec: LoadSpec): Connect {
  if (url.protocol === 'ws:') return connectTcp;
  throw new Error(`${url.href} has the protocol ${url.protocol}; known is ws:`);
}
