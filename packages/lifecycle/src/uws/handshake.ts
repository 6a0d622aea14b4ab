import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { STATUS_CODES } from 'node:http';

/** Whether this is a handshake of RFC 6455 section 4.2.1; uWS itself looks only at the length of the key. */
export function isHandshake(req: HttpRequest): boolean {
  return (
    req.getHeader('upgrade').toLowerCase() === 'websocket' &&
    /\bupgrade\b/i.test(req.getHeader('connection')) &&
    req.getHeader('sec-websocket-version') === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(req.getHeader('sec-websocket-key'))
  );
}

/** Ends a request with a status and a sentence, and its connection with it. */
export function refuse(res: HttpResponse, status: number, sentence: string): void {
  res.cork(() => {
    res.writeStatus(`${status} ${STATUS_CODES[status]}`);
    if (status === 400) res.writeHeader('Sec-WebSocket-Version', '13');
    res.writeHeader('Content-Type', 'text/plain').end(`${sentence}\n`, true);
  });
}
