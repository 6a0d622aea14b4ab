import type { IncomingMessage } from 'node:http';
import type { ServerConfig } from '@ws-arena/config/options';
import { wireLimitBytes } from '@ws-arena/config/wire-limit';
import { Admission } from '@ws-arena/lifecycle/admission';
import { type Admitted, admit } from '@ws-arena/lifecycle/admit';
import { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { Metrics } from '@ws-arena/lifecycle/metrics';
import { handshakeRefuser, listen, nodeHttpServer, refuseUpgrade } from '@ws-arena/lifecycle/node-http';
import type { Service } from '@ws-arena/lifecycle/process';
import { takeTurns } from '@ws-arena/lifecycle/take-turns';
import { TokenGate } from '@ws-arena/lifecycle/token-gate';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { Connection } from './connection.ts';
import { serveMessages } from './messages.ts';

/**
 * Starts the contract's server on ws. Resolves when it listens.
 *
 * `doors` and `gate` decide who comes in. `heartbeat` pings, and keeps the pong and the write deadline. `drain` is what SIGTERM
 * does. What becomes of messages is in messages.ts, which a server of your own replaces.
 */
export async function startServer(config: ServerConfig): Promise<Service> {
  const metrics = new Metrics();
  const doors = new Admission(config, metrics);
  const heartbeat = new Heartbeat<Connection>(config, (reason) => metrics.cut(reason));
  const gate = await TokenGate.of<Connection>(config, (connection, code) => connection.close(code));
  const messages = await serveMessages(config, metrics, heartbeat);
  const http = nodeHttpServer(config, metrics, doors);
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false, // the heartbeat knows them
    WebSocket: Connection,
    maxPayload: wireLimitBytes(config), // counts a message on the wire, too; readLimitBytes counts it inflated alone
    maxFragments: config.readLimitBytes, // 16,384 by default: a message of the limit in smaller pieces would get 1008
    ...{ closeTimeout: config.shutdownGraceMs }, // 30 s by default; since ws 8.19, and @types/ws 8.18 does not know it
    perMessageDeflate: config.deflateLevel > 0 && {
      zlibDeflateOptions: { level: config.deflateLevel },
      threshold: 0, // ws keeps to it without context takeover only, so `send` says it for each message
      // `false` would refuse a client that asks for it.
      serverNoContextTakeover: config.deflateContextTakeover ? undefined : true,
      clientNoContextTakeover: config.deflateContextTakeover ? undefined : true,
    },
  });

  // https://github.com/websockets/ws#client-authentication
  http.on('upgrade', async (request, socket, head) => {
    const admitted = await admit(request, doors, gate);
    if (admitted.kind === 'refusal') return refuseUpgrade(metrics, socket, admitted);
    wss.handleUpgrade(request, socket, head, (ws) => wss.emit('connection', ws, request, admitted));
  });
  wss.on('wsClientError', handshakeRefuser(metrics));

  wss.on(
    'connection',
    (connection: Connection, { socket }: IncomingMessage, { workload, untilSec }: Admitted) => {
      connection.socket = socket;
      connection.workload = workload;
      connection.beat = heartbeat.add(connection);
      metrics.opened();
      takeTurns(socket);
      if (untilSec !== undefined) gate?.admit(connection, untilSec);
      messages.join(connection);
      connection.on('message', onMessage);
      connection.on('pong', onPong);
      connection.on('close', onClose);
      connection.on('error', ignoreError);
    },
  );

  // Functions with `this`, as in the README of ws: a connection adds no closures to the memory that it takes.
  function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    const connection = this as Connection;
    const message = data as Buffer;
    // ws goes on reading until the peer has answered the close frame.
    if (connection.readyState !== connection.OPEN) return;
    if (message.length > config.readLimitBytes) connection.close(1009);
    else if (gate && !isBinary && gate.isToken(message)) void gate.refresh(connection, message.toString());
    else messages.take(connection, message, isBinary);
  }

  function onPong(this: WebSocket): void {
    heartbeat.pong((this as Connection).beat);
  }

  function onClose(this: WebSocket, code: number): void {
    const connection = this as Connection;
    metrics.closed(connection.sentCode ?? code);
    heartbeat.remove(connection.beat);
    gate?.leave(connection);
    messages.leave(connection);
  }

  const { port, closed } = await listen(http, config);
  heartbeat.start();
  return {
    port,
    library: 'ws',
    version: installedPackage('ws', import.meta.url).version,
    async drain() {
      doors.isOpen = false;
      await heartbeat.closeAll(config.drainSpreadMs, (connection) => connection.close(1001));
      messages.stop();
      await closed();
    },
  };
}

/** ws ends the connection with the right close code by itself; without a listener the error would end the process. */
function ignoreError(): void {}
