import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ServerConfig } from '@ws-arena/config/options';
import { wireLimitBytes } from '@ws-arena/config/wire-limit';
import { Admission } from '@ws-arena/lifecycle/admission';
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
import { PushClock } from '@ws-arena/lifecycle/push-clock';
import { roomCarrier } from '@ws-arena/lifecycle/room-carrier';
import { Rooms } from '@ws-arena/lifecycle/rooms';
import { takeTurns } from '@ws-arena/lifecycle/take-turns';
import { TokenGate } from '@ws-arena/lifecycle/token-gate';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { Connection } from './connection.ts';

/** Starts the contract's server on ws. Resolves when it listens. */
export async function startServer(config: ServerConfig): Promise<Service> {
  const metrics = new Metrics();
  const heartbeat = new Heartbeat<Connection>(config, (reason) => metrics.cut(reason));
  const rooms = new Rooms<Connection>();
  const carrier = await roomCarrier<Buffer>(config, metrics, rooms, fanOut);
  const pushes = new PushClock((topic, text) => fanOut(topic, Buffer.from(text), false));
  const doors = new Admission(config, metrics);
  const http = nodeHttpServer(config, metrics, doors);
  const gate = await TokenGate.of<Connection>(config, end);
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
  wss.on('wsClientError', handshakeRefuser(metrics));

  http.on('upgrade', guardedUpgrade(gate, metrics, upgrade));

  function upgrade(request: IncomingMessage, socket: Socket, head: Buffer, untilSec?: number): void {
    const [path = '', query = ''] = request.url!.split('?', 2);
    const admission = doors.admit(path, query, request.headers.origin);
    if (admission.kind === 'refusal') {
      metrics.rejected(admission.status);
      refuseUpgrade(socket, admission);
      return;
    }
    wss.handleUpgrade(request, socket, head, (connection) => {
      connection.socket = socket;
      takeTurns(socket);
      connection.workload = admission;
      open(connection);
      if (untilSec !== undefined) gate?.admit(connection, untilSec);
    });
  }

  function open(connection: Connection): void {
    metrics.opened();
    connection.beat = heartbeat.add(connection);
    const { workload } = connection;
    if (workload.topic) rooms.join(workload.topic, connection);
    if (workload.kind === 'push') pushes.join(workload);
    const onMessage = workload.kind === 'room' ? onRoomMessage : onEchoMessage;
    connection.on('message', gate ? refreshing(gate, onMessage) : onMessage);
    connection.on('pong', onPong);
    connection.on('close', onClose);
    connection.on('error', ignoreError);
  }

  function onEchoMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    const connection = this as Connection;
    const message = data as Buffer;
    if (message.length > config.readLimitBytes) {
      end(connection, 1009);
      return;
    }
    metrics.echoed(message.length);
    send(connection, message, isBinary);
    if (connection.bufferedAmount > config.maxBufferedBytes && !connection.isPaused) stopReading(connection);
  }

  function onRoomMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    const message = data as Buffer;
    if (message.length > config.readLimitBytes) end(this, 1009);
    else {
      metrics.received(message.length);
      carrier.publish((this as Connection).workload.topic, message, isBinary);
    }
  }

  function fanOut(topic: string, message: Buffer, isBinary: boolean): void {
    const members = rooms.membersOf(topic);
    metrics.sent(members.size, message.length);
    for (const member of members) {
      send(member, message, isBinary);
      // One that is cut is a member until it has closed.
      if (member.bufferedAmount > config.maxBufferedBytes && member.readyState === member.OPEN) {
        metrics.cut('buffer_full');
        member.terminate();
      }
    }
  }

  function send(to: Connection, message: Buffer, isBinary: boolean): void {
    to.send(message, { binary: isBinary, compress: message.length >= config.deflateThresholdBytes });
    if (to.bufferedAmount > 0) heartbeat.watchWrites(to.beat);
  }

  function onPong(this: WebSocket): void {
    heartbeat.pong((this as Connection).beat);
  }

  function onClose(this: WebSocket, code: number): void {
    const connection = this as Connection;
    const { workload } = connection;
    metrics.closed(connection.sentCode ?? code);
    heartbeat.remove(connection.beat);
    gate?.leave(connection);
    if (workload.topic) rooms.leave(workload.topic, connection);
    if (workload.kind === 'push') pushes.leave(workload);
  }

  const port = await listen(http, config);
  heartbeat.start();
  return {
    port,
    library: 'ws',
    version: installedPackage('ws', import.meta.url).version,
    async drain() {
      doors.isOpen = false;
      await heartbeat.closeAll(config.drainSpreadMs, (connection) => end(connection, 1001));
      pushes.stop();
      await closed(http);
    },
  };
}

/** An echo peer that does not read is not read from; a ping behind its backlog tells when the backlog is gone. */
function stopReading(connection: Connection): void {
  connection.pause();
  connection.ping('', false, () => connection.resume());
}

type Listener = (this: WebSocket, data: RawData, isBinary: boolean) => void;

/** The text `Bearer TOKEN` is a new token, and no message. */
function refreshing(gate: TokenGate<Connection>, onMessage: Listener): Listener {
  return function (this: WebSocket, data, isBinary) {
    if (!isBinary && gate.isToken(data as Buffer)) void gate.refresh(this as Connection, String(data));
    else onMessage.call(this, data, isBinary);
  };
}

/** Says why behind all that was accepted, and accepts no more: what comes before the peer's answer is for nobody. */
function end(connection: WebSocket, code: number): void {
  connection.removeAllListeners('message');
  connection.close(code);
}

/** ws ends the connection with the right close code by itself; without a listener the error would end the process. */
function ignoreError(): void {}
