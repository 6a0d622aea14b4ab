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
import { refusalHeaders } from './handshake.ts';
import { cannotListen, removeStaleSocket } from './listening.ts';
import type { Metrics } from './metrics.ts';

// An ES import of node:http touches its `WebSocket` and so loads undici: 10 MiB and 60 ms of CPU for nothing.
const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');

/**
 * Node's HTTP server, which serves `/healthz` and `/metrics`. A request whose head has not arrived within
 * `handshakeTimeoutMs` of the connection is cut off: Node looks at that only every 30 s unless told otherwise. So is a
 * client that takes nothing of its answer for `writeWaitMs`.
 */
export function nodeHttpServer(config: ServerConfig, metrics: Metrics, admission: Admission): Server {
  const server = createServer(
    {
      headersTimeout: config.handshakeTimeoutMs,
      requestTimeout: config.handshakeTimeoutMs,
      connectionsCheckingInterval: Math.max(10, Math.floor(config.handshakeTimeoutMs / 8)),
    },
    (request, response) => void answer(metrics, admission, request, response),
  );
  // With long-polling, silence is usual until the next ping.
  server.setTimeout(config.longPolling ? config.pongWaitMs : config.writeWaitMs);
  return server;
}

/** Answers `/healthz` (503 while the server drains) and `/metrics`, and 404 for the rest. */
async function answer(
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

/** What `listen` opened. */
export interface Listening {
  readonly port: number;
  /** Stops accepting; resolves when every connection of the server has ended, upgraded ones too. */
  closed(): Promise<unknown>;
}

/**
 * Listens on the configured addresses. A client that asks again before it has been answered is cut off from now on.
 * @throws Error when an address is taken, or is not of this machine.
 */
export async function listen(server: Server, { host, port, socketPath }: ServerConfig): Promise<Listening> {
  answerOneAtATime(server);
  await listening(server, { host, port }, { host, port });
  const open: NetServer[] = [server];
  if (socketPath !== '') {
    // A server of Node.js has one address.
    const door = createNetServer({ allowHalfOpen: true }, (socket) => server.emit('connection', socket));
    open.push(door);
    await removeStaleSocket(socketPath);
    // Where the queue is full, a client of a Unix socket is refused at once; one of TCP asks again.
    await listening(door, { path: socketPath, backlog: 65_535 }, socketPath);
  }
  return {
    port: (server.address() as AddressInfo).port,
    closed: () => Promise.all(open.map((one) => new Promise((done) => one.close(done)))),
  };
}

/** Goes before the listeners that `server` has by now. Node.js would keep all answers to a client that asks and does not read. */
function answerOneAtATime(server: Server): void {
  const listeners = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request').on('request', (request: IncomingMessage, response: ServerResponse) => {
    // It has a socket as soon as the answer before it is on its way.
    if (response.socket) for (const listener of listeners) listener(request, response);
    else request.socket.destroy();
  });
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

/** For the event `wsClientError` of ws: a broken handshake is refused as any other upgrade is. */
export function handshakeRefuser(metrics: Metrics): (error: Error, socket: Duplex) => void {
  return ({ message }, socket) =>
    refuseUpgrade(metrics, socket, { kind: 'refusal', status: 400, sentence: message });
}

/** Answers an upgrade request with a refusal, counts it, and ends its socket. */
export function refuseUpgrade(metrics: Metrics, socket: Duplex, { status, sentence }: Refusal): void {
  const body = `${sentence}\n`;
  metrics.rejected(status);
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  const headers = Object.entries(refusalHeaders(status)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n${headers.join('')}` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
