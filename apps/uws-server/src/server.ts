import * as uWS from 'uWebSockets.js';
import { once } from 'node:events';
import type { ServerConfig } from '@ws-arena/config/options';
import { Admission } from '@ws-arena/lifecycle/admission';
import { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { cannotListen, removeStaleSocket } from '@ws-arena/lifecycle/listening';
import { Metrics } from '@ws-arena/lifecycle/metrics';
import type { Service } from '@ws-arena/lifecycle/process';
import { TokenGate } from '@ws-arena/lifecycle/token-gate';
import { Connection, type UserData } from './connection.ts';
import { handshakeKey, NO_HANDSHAKE, refuse, serveObservability, tokenHeaders } from './http.ts';
import { serveMessages } from './messages.ts';
import { refuseUnkeepable } from './unkeepable.ts';
import type {} from './uws-types.ts';

/** Starts the contract's server on uWebSockets.js. Resolves when it listens. */
export async function startServer(config: ServerConfig): Promise<Service> {
  refuseUnkeepable(config);
  const app = uWS.App();
  const metrics = new Metrics();
  const doors = new Admission(config, metrics);
  const heartbeat = new Heartbeat<Connection>(config, (reason) => metrics.cut(reason));
  const gate = await TokenGate.of<Connection>(config, (connection, code) => connection.end(code));
  const messages = await serveMessages(app, config, metrics, heartbeat);

  app.ws<UserData>(config.path, {
    // uWS cuts what is above its own cap without a word. A cap above the limit leaves us the message, to say 1009.
    maxPayloadLength: Math.min(4 * config.readLimitBytes, 0x7fff_ffff),
    // uWS cannot stop reading from a WebSocket, so a peer that sends and does not read is cut at the cap.
    maxBackpressure: config.maxBufferedBytes,
    closeOnBackpressureLimit: true,
    // Its idle timer counts any byte as life and is 4 s coarse; the heartbeat is exact and counts pongs.
    idleTimeout: 0,
    sendPingsAutomatically: false,
    compression: config.deflateLevel > 0 ? uWS.SHARED_COMPRESSOR | uWS.SHARED_DECOMPRESSOR : uWS.DISABLED,

    async upgrade(res, req, context) {
      const key = handshakeKey(req);
      const protocols = req.getHeader('sec-websocket-protocol');
      const extensions = req.getHeader('sec-websocket-extensions');
      const workload = doors.admit(config.path, req.getQuery(), req.getHeader('origin'));
      if (workload.kind === 'refusal') return turnAway(res, workload.status, workload.sentence);
      if (key === undefined) return turnAway(res, 400, NO_HANDSHAKE);
      if (!gate) {
        res.upgrade({ workload, untilSec: undefined }, key, protocols, extensions, context);
        return;
      }
      let aborted = false;
      res.onAborted(() => {
        aborted = true;
      });
      // `req` is not there any more once this has been awaited.
      const verdict = await gate.verdict(tokenHeaders(req, protocols));
      if (aborted) return;
      if (verdict.status !== 200) return turnAway(res, verdict.status, verdict.reason);
      // Not in `cork`, though uWS warns once on stderr: until uNetworking/uWebSockets#1929 cork takes what the upgrade left
      // in place for a response still, and may close it; on a busy machine one of eight (uws-pack 20.0.8).
      const protocol = /^bearer\b/i.test(protocols) ? 'bearer' : protocols;
      res.upgrade({ workload, untilSec: verdict.expiresAtSec }, key, protocol, extensions, context);
    },

    open(ws) {
      const data = ws.getUserData();
      const connection = new Connection(ws, data.workload);
      data.connection = connection;
      metrics.opened();
      connection.beat = heartbeat.add(connection);
      if (data.untilSec !== undefined) gate?.admit(connection, data.untilSec);
      messages.join(connection);
    },

    message(ws, message, isBinary) {
      const { connection } = ws.getUserData();
      if (connection.endCode !== 0) return;
      if (message.byteLength > config.readLimitBytes) connection.end(1009);
      else if (gate && !isBinary && gate.isToken(new Uint8Array(message)))
        void gate.refresh(connection, Buffer.from(message).toString());
      else messages.take(ws, connection, message, isBinary);
    },

    pong(ws) {
      heartbeat.pong(ws.getUserData().connection.beat);
    },

    drain(ws) {
      ws.getUserData().connection.drained();
    },

    dropped(ws) {
      const { connection } = ws.getUserData();
      if (!connection.overflowed) metrics.cut('buffer_full');
      connection.overflowed = true;
    },

    close(ws, code) {
      const { connection } = ws.getUserData();
      metrics.closed(code);
      heartbeat.remove(connection.beat);
      gate?.leave(connection);
      messages.leave(connection);
    },
  });
  serveObservability(app, metrics, doors, config.path);

  function turnAway(res: uWS.HttpResponse, status: number, sentence: string): void {
    metrics.rejected(status);
    refuse(res, status, sentence);
  }

  const socket = await new Promise<uWS.us_listen_socket>((resolve, reject) => {
    app.listen(config.host, config.port, uWS.LIBUS_LISTEN_EXCLUSIVE_PORT, (listening) => {
      if (listening) resolve(listening);
      else reject(cannotListen(config));
    });
  });
  const door = await listenUnix(app, config.socketPath);
  heartbeat.start();
  const { name, version } = installedPackage('uWebSockets.js', import.meta.url);
  return {
    port: uWS.us_socket_local_port(socket),
    library: name === 'uWebSockets.js' ? name : `uWebSockets.js (${name})`,
    version,
    async drain() {
      doors.isOpen = false;
      await heartbeat.closeAll(config.drainSpreadMs, (connection) => connection.end(1001));
      messages.stop();
      uWS.us_listen_socket_close(socket);
      if (door) uWS.us_listen_socket_close(door);
      // uWS calls `close` when it has been told to close, and not when the peer has what was sent: a process that exits by
      // then resets the connection. But without a socket the event loop has nothing to wait for, and Node.js says so.
      await once(process, 'beforeExit');
    },
  };
}

/** Listens on a Unix socket too, where one is asked for. */
async function listenUnix(app: uWS.TemplatedApp, path: string): Promise<uWS.us_listen_socket | undefined> {
  if (path === '') return undefined;
  await removeStaleSocket(path);
  return new Promise((resolve, reject) => {
    app.listen_unix((door) => {
      if (door) resolve(door);
      else reject(cannotListen(path));
    }, path);
  });
}
