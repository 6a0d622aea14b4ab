import type { TemplatedApp } from 'uWebSockets.js';
import type { Metrics } from '../metrics.ts';
import { refuse } from './handshake.ts';

/** Serves `/healthz` and `/metrics`, and 404 for every other path. */
export function serveObservability(app: TemplatedApp, metrics: Metrics, path: string): void {
  app.get('/healthz', (res) => {
    res.end('ok\n');
  });
  app.get('/metrics', async (res) => {
    let aborted = false;
    res.onAborted(() => {
      aborted = true;
    });
    const text = await metrics.text();
    if (!aborted) res.cork(() => res.writeHeader('Content-Type', metrics.contentType).end(text));
  });
  app.any('/*', (res, req) => {
    if (req.getHeader('upgrade') !== '') metrics.rejected(404);
    refuse(res, 404, `nothing is served at ${req.getUrl()}; the path is ${path}`);
  });
}
