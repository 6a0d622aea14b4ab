import type { Admission } from '@ws-arena/lifecycle/admission';
import { isHandshake, refusalHeaders } from '@ws-arena/lifecycle/handshake';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import type { TokenHeaders } from '@ws-arena/lifecycle/token-gate';

/** Whether a request is a handshake; Bun itself looks only at its key. */
export function hasHandshake(headers: Headers): boolean {
  const of = (name: string) => headers.get(name) ?? '';
  return isHandshake(of('upgrade'), of('connection'), of('sec-websocket-version'), of('sec-websocket-key'));
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
    headers: { Connection: 'close', ...refusalHeaders(status) },
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
