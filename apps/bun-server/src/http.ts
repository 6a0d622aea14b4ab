import type { Admission } from '@ws-arena/lifecycle/admission';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import { CHALLENGE } from '@ws-arena/lifecycle/node-http';
import type { TokenHeaders } from '@ws-arena/lifecycle/token-gate';

/** Why a request for the path is refused that is no handshake. */
export const NO_HANDSHAKE = 'this is no WebSocket handshake of RFC 6455, version 13';

/** Whether a request is a handshake of RFC 6455 section 4.2.1; Bun itself looks only at its key. */
export function isHandshake(headers: Headers): boolean {
  return (
    headers.get('upgrade')?.toLowerCase() === 'websocket' &&
    /\bupgrade\b/i.test(headers.get('connection') ?? '') &&
    headers.get('sec-websocket-version') === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers.get('sec-websocket-key') ?? '')
  );
}

/** What of a request carries a token. */
export function tokenHeaders(headers: Headers): TokenHeaders {
  return {
    authorization: headers.get('authorization') ?? undefined,
    protocols: headers.get('sec-websocket-protocol') ?? undefined,
    expires: headers.get('x-token-expires') ?? undefined,
  };
}

/** An answer with a status and a sentence, which ends its connection. */
export function refusal(status: number, sentence: string): Response {
  return new Response(`${sentence}\n`, {
    status,
    headers: {
      Connection: 'close',
      'Content-Type': 'text/plain',
      ...(status === 400 && { 'Sec-WebSocket-Version': '13' }),
      ...(status === 401 && { 'WWW-Authenticate': CHALLENGE }),
    },
  });
}

/** The routes `/healthz` (503 while the server drains) and `/metrics`. */
export function observability(metrics: Metrics, doors: Admission) {
  return {
    '/healthz': () => (doors.isOpen ? new Response('ok\n') : refusal(503, 'draining')),
    '/metrics': async () =>
      new Response(await metrics.text(), {
        headers: { Connection: 'close', 'Content-Type': metrics.contentType },
      }),
  };
}
