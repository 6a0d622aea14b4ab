import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import {
  type AddressInfo,
  createServer as createNetServer,
  type ListenOptions,
  type Server as NetServer,
} from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServerConfig } from '@ws-arena/config/options';
import type { Admission, Refusal } from './admission.ts';
import { cannotListen, removeStaleSocket } from './listening.ts';
import type { Metrics } from './metrics.ts';

// An ES import of node:http touches its `WebSocket` and so loads undici: 10 MiB and 60 ms of CPU for nothing.
const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');

/**
 * Node's HTTP server; without a listener it serves `/healthz` and `/metrics`. A request whose head has not arrived within
 * `handshakeTimeoutMs` of the connection is cut off: Node looks at that only every 30 s unless told otherwise. So is a
 * client that takes nothing of its answer for `writeWaitMs`, and one that asks again before it has been answered: Node
 * would keep all of its answers.
 */
export function nodeHttpServer(
  config: ServerConfig,
  metrics: Metrics,
  admission: Admission,
  listener: RequestListener = (request, response) => answer(metrics, admission, request, response),
): Server {
  const server = createServer(
    {
      headersTimeout: config.handshakeTimeoutMs,
      requestTimeout: config.handshakeTimeoutMs,
      connectionsCheckingInterval: Math.max(10, Math.floor(config.handshakeTimeoutMs / 8)),
    },
    (request, response) => {
      // It has a socket as soon as the answer before it is on its way.
      if (response.socket) listener(request, response);
      else request.socket.destroy();
    },
  );
  // With long-polling, silence is usual until the next ping.
  server.setTimeout(config.longPolling ? config.pongWaitMs : config.writeWaitMs);
  return server;
}

/** Answers `/healthz` (503 while the server drains) and `/metrics`, and 404 for the rest. */
export async function answer(
  metrics: Metrics,
  admission: Admission,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path] = request.url!.split('?', 1);
  if (path === '/healthz') {
    if (admission.isOpen) response.end('ok\n');
    else response.writeHead(503, { Connection: 'close' }).end('draining\n');
  } else if (path === '/metrics')
    response.setHeader('Content-Type', metrics.contentType).end(await metrics.text());
  else response.writeHead(404).end();
}

/** What accepts on a Unix socket for a server: a server of Node.js has one address. */
const doors = new WeakMap<Server, NetServer>();

/**
 * Listens on the configured addresses and resolves with the port.
 * @throws Error when one is taken, or is not of this machine.
 */
export async function listen(server: Server, { host, port, socketPath }: ServerConfig): Promise<number> {
  await listening(server, { host, port }, { host, port });
  if (socketPath !== '') {
    const door = createNetServer({ allowHalfOpen: true }, (socket) => server.emit('connection', socket));
    doors.set(server, door);
    await removeStaleSocket(socketPath);
    // Where the queue is full, a client of a Unix socket is refused at once; one of TCP asks again.
    await listening(door, { path: socketPath, backlog: 65_535 }, socketPath);
  }
  return (server.address() as AddressInfo).port;
}

function listening(
  server: NetServer,
  options: ListenOptions,
  where: Parameters<typeof cannotListen>[0],
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen(where, cause.code, cause)));
    server.listen(options, resolve);
  });
}

/** Stops accepting; resolves when every connection of `server` has ended, upgraded ones too. */
export async function closed(server: Server): Promise<void> {
  const door = doors.get(server);
  await Promise.all([server, ...(door ? [door] : [])].map((one) => new Promise((done) => one.close(done))));
}

/** For the event `wsClientError` of ws: a broken handshake is refused, and counted, as any other upgrade is. */
export function handshakeRefuser(metrics: Metrics): (error: Error, socket: Duplex) => void {
  return ({ message }, socket) => {
    metrics.rejected(400);
    refuseUpgrade(socket, { kind: 'refusal', status: 400, sentence: message });
  };
}

/** What a client is told that has no good token (RFC 6750, 3). */
export const CHALLENGE = 'Bearer error="invalid_token"';

/** Answers an upgrade request with a refusal and ends its socket. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = `${refusal.sentence}\n`;
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      (refusal.status === 400 ? 'Sec-WebSocket-Version: 13\r\n' : '') +
      (refusal.status === 401 ? `WWW-Authenticate: ${CHALLENGE}\r\n` : '') +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
