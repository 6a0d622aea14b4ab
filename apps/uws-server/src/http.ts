import type {
  CompressOptions,
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_listen_socket,
} from 'uWebSockets.js';
import * as uWS from 'uWebSockets.js';
import type { ServerConfig } from '@ws-arena/config/options';
import type { Admission } from '@ws-arena/lifecycle/admission';
import { isHandshake, NO_HANDSHAKE, refusalHeaders } from '@ws-arena/lifecycle/handshake';
import { cannotListen, removeStaleSocket } from '@ws-arena/lifecycle/listening';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import type { TokenHeaders } from '@ws-arena/lifecycle/token-gate';

// The type declarations of uws-pack leave out what its module exports as values.
declare module 'uWebSockets.js' {
  export const DISABLED: CompressOptions;
  export const SHARED_COMPRESSOR: CompressOptions;
  export const SHARED_DECOMPRESSOR: CompressOptions;
  export const LIBUS_LISTEN_EXCLUSIVE_PORT: number;
  interface TemplatedApp {
    listen(
      host: string,
      port: number,
      options: number,
      listening: (socket: us_listen_socket | false) => void,
    ): TemplatedApp;
  }
}

// Not by an ES import: see node-http.ts.
const { STATUS_CODES } = process.getBuiltinModule('node:http');

/** The key of a handshake; undefined when it is none. uWS itself looks only at the length of the key. */
export function handshakeKey(req: HttpRequest): string | undefined {
  const key = req.getHeader('sec-websocket-key');
  const [upgrade, connection] = [req.getHeader('upgrade'), req.getHeader('connection')];
  return isHandshake(upgrade, connection, req.getHeader('sec-websocket-version'), key) ? key : undefined;
}

/** What of a request carries a token. */
export function tokenHeaders(req: HttpRequest, protocols: string): TokenHeaders {
  return {
    authorization: req.getHeader('authorization'),
    protocols,
    expires: req.getHeader('x-token-expires'),
  };
}

/** Ends a request with a status and a sentence, and its connection with it. */
export function refuse(res: HttpResponse, status: number, sentence: string): void {
  res.cork(() => {
    res.writeStatus(`${status} ${STATUS_CODES[status]}`);
    for (const [name, value] of Object.entries(refusalHeaders(status))) res.writeHeader(name, value);
    res.end(`${sentence}\n`, true);
  });
}

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
    refuse(res, status, status === 400 ? NO_HANDSHAKE : admission.notFound(url).sentence);
  });
}

/** What `listen` opened. */
export interface Listening {
  readonly port: number;
  /** Accepts no new connections. */
  close(): void;
}

/**
 * Listens on the configured addresses.
 * @throws Error when one is taken, or is not of this machine.
 */
export async function listen(app: TemplatedApp, config: ServerConfig): Promise<Listening> {
  const { host, port, socketPath } = config;
  const sockets = [
    await opened(config, (done) => app.listen(host, port, uWS.LIBUS_LISTEN_EXCLUSIVE_PORT, done)),
  ];
  if (socketPath !== '') {
    await removeStaleSocket(socketPath);
    sockets.push(await opened(socketPath, (done) => app.listen_unix(done, socketPath)));
  }
  return {
    port: uWS.us_socket_local_port(sockets[0]!),
    close() {
      for (const socket of sockets) uWS.us_listen_socket_close(socket);
    },
  };
}

/** The socket that `open` hands to its callback; uWS hands over `false` for every failure. */
function opened(
  where: Parameters<typeof cannotListen>[0],
  open: (done: (socket: us_listen_socket | false) => void) => unknown,
): Promise<us_listen_socket> {
  return new Promise((resolve, reject) => {
    open((socket) => (socket ? resolve(socket) : reject(cannotListen(where))));
  });
}
