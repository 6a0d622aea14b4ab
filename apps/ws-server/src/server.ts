import type { IncomingMessage } from 'node:http';
import type { ServerConfig } from '@ws-arena/config/options';
import { wireLimitBytes } from '@ws-arena/config/wire-limit';
import { Admission, type Workload } from '@ws-arena/lifecycle/admission';
import { guardedUpgrade } from '@ws-arena/lifecycle/guarded-upgrade';
import { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { Metrics } from '@ws-arena/lifecycle/metrics';
import {
  closed,
  handshakeRefuser,
  listen,
  nodeHttpServer,
  refuseUpgrade,
} from '@ws-arena/lifecycle/node-http';
import type { Service } from '@ws-arena/lifecycle/process';
import { takeTurns } from '@ws-arena/lifecycle/take-turns';
import { TokenGate } from '@ws-arena/lifecycle/token-gate';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { Connection } from './connection.ts';
import { serveMessages } from './messages.ts';

/** Starts the contract's server on ws. Resolves when it listens. */
export async function startServer(config: ServerConfig): Promise<Service> {
  const metrics = new Metrics();
  const doors = new Admission(config, metrics);
  const heartbeat = new Heartbeat<Connection>(config, (reason) => metrics.cut(reason));
  const gate = await TokenGate.of<Connection>(config, (connection, code) => connection.end(code));
  const messages = await serveMessages(config, metrics, heartbeat);
  const http = nodeHttpServer(config, metrics, doors);
  const closing = { closeTimeout: config.shutdownGraceMs }; // since ws 8.19, and @types/ws 8.18 does not know it
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    WebSocket: Connection,
    maxPayload: wireLimitBytes(config), // counts a message on the wire, too; readLimitBytes counts it inflated alone
    maxFragments: config.readLimitBytes,
    ...closing,
    perMessageDeflate: config.deflateLevel > 0 && {
      zlibDeflateOptions: { level: config.deflateLevel },
      threshold: 0, // ws heeds it without context takeover only, so `send` says it for each message
      // `false` would refuse a client that asks for it.
      serverNoContextTakeover: config.deflateContextTakeover ? undefined : true,
      clientNoContextTakeover: config.deflateContextTakeover ? undefined : true,
    },
  });

  const upgrades = guardedUpgrade(gate, metrics, (request, socket, head, untilSec) => {
    const [path = '', query = ''] = request.url!.split('?', 2);
    const workload = doors.admit(path, query, request.headers.origin);
    if (workload.kind === 'refusal') {
      metrics.rejected(workload.status);
      refuseUpgrade(socket, workload);
    } else {
      wss.handleUpgrade(request, socket, head, (connection) => {
        wss.emit('connection', connection, request, workload, untilSec);
      });
    }
  });
  http.on('upgrade', upgrades);
  wss.on('wsClientError', handshakeRefuser(metrics));

  wss.on(
    'connection',
    (connection: Connection, { socket }: IncomingMessage, workload: Workload, untilSec?: number) => {
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
    if (message.length > config.readLimitBytes) connection.end(1009);
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

  const port = await listen(http, config);
  heartbeat.start();
  return {
    port,
    library: 'ws',
    version: installedPackage('ws', import.meta.url).version,
    async drain() {
      doors.isOpen = false;
      await heartbeat.closeAll(config.drainSpreadMs, (connection) => connection.end(1001));
      messages.stop();
      await closed(http);
    },
  };
}

/** ws ends the connection with the right close code by itself; without a listener the error would end the process. */
function ignoreError(): void {}
