import type { LoadSpec } from '@ws-arena/load/load-spec';
import { connectTcp } from './tcp-transport.ts';
import { connectTls } from './tls-transport.ts';
import type { Connect } from './transport.ts';

/**
 * The transport for `url`: TCP for `ws:`, TLS for `wss:`. One call a job, because TLS sessions are shared within it.
 * @throws Error for another protocol.
 */
export function connectFor(url: URL, spec: LoadSpec): Connect {
  if (url.protocol === 'ws:') return connectTcp;
  if (url.protocol === 'wss:') return connectTls(spec);
  throw new Error(`${url.href} has the protocol ${url.protocol}; known are ws: and wss:`);
}
