import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';

/** A WebSocket echo server in this process that tells its name in the upgrade's answer. */
export interface Backend {
  readonly name: string;
  /** `host:port`. */
  readonly upstream: string;
  readonly connections: () => number;
  /** The headers of the last upgrade or request, as they came from the proxy. */
  readonly lastRequest: () => IncomingMessage | undefined;
  /** All sockets are destroyed and the port is closed, as when the process dies. */
  die(): Promise<void>;
}

/** The header that names the instance. */
export const INSTANCE_HEADER = 'x-instance';

/**
 * Starts a backend, on a free port of 127.0.0.1 unless told another place.
 * @param pingPeriodMs how often each connection is pinged; absent is never.
 */
export async function startBackend(
  name: string,
  {
    pingPeriodMs,
    host = '127.0.0.1',
    port = 0,
  }: { pingPeriodMs?: number; host?: string; port?: number } = {},
): Promise<Backend> {
  let last: IncomingMessage | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    last = request;
    response.setHeader(INSTANCE_HEADER, name);
    request.resume().on('end', () => response.end('ok'));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  const webSockets = new WebSocketServer({ server, maxPayload: 1 << 20 });
  webSockets.on('headers', (headers, request) => {
    last = request;
    headers.push(`${INSTANCE_HEADER}: ${name}`);
  });
  webSockets.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    if (pingPeriodMs === undefined) return;
    const timer = setInterval(() => socket.ping(), pingPeriodMs);
    socket.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    name,
    upstream: `${host}:${(server.address() as AddressInfo).port}`,
    connections: () => webSockets.clients.size,
    lastRequest: () => last,
    die: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
