import type { HttpResponse, TemplatedApp } from 'uWebSockets.js';
import type { Admission } from '@ws-arena/lifecycle/admission';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import { NO_HANDSHAKE, refuse } from './handshake.ts';

/** Answers a client that takes its answers; another is cut off, for uWS would keep them all. */
function answer(res: HttpResponse, contentType: string, text: string): void {
  res.cork(() => {
    const [taken] = res.writeHeader('Content-Type', contentType).tryEnd(text, Buffer.byteLength(text));
    if (!taken) res.close();
  });
}

/** Serves `/healthz` (503 while the server drains) and `/metrics`, 404 for every other path, and 400 for an upgrade of `path`. */
export function serveObservability(
  app: TemplatedApp,
  metrics: Metrics,
  admission: Admission,
  path: string,
): void {
  app.get('/healthz', (res) => {
    if (admission.isOpen) answer(res, 'text/plain', 'ok\n');
    else refuse(res, 503, 'draining');
  });
  app.get('/metrics', async (res) => {
    let aborted = false;
    res.onAborted(() => {
      aborted = true;
    });
    const text = await metrics.text();
    // Closed, so that a scraper's idle connection does not keep a draining process waiting.
    if (!aborted) res.cork(() => res.writeHeader('Content-Type', metrics.contentType).end(text, true));
  });
  app.any('/*', (res, req) => {
    const url = req.getUrl();
    const upgrade = req.getHeader('upgrade') !== '';
    // uWS hands a handshake without a whole key on to here, as if it were a plain request.
    const status = upgrade && url === path ? 400 : 404;
    if (upgrade) metrics.rejected(status);
    refuse(res, status, status === 400 ? NO_HANDSHAKE : `nothing is served at ${url}; the path is ${path}`);
  });
}
