import * as uWS from 'uWebSockets.js';
import type { ServerConfig } from '@ws-arena/config/options';
import { Admission, type Workload } from '@ws-arena/lifecycle/admission';
import { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { cannotListen, removeStaleSocket } from '@ws-arena/lifecycle/listening';
import { Metrics } from '@ws-arena/lifecycle/metrics';
import type { Service } from '@ws-arena/lifecycle/process';
import { PushClock } from '@ws-arena/lifecycle/push-clock';
import { roomCarrier } from '@ws-arena/lifecycle/room-carrier';
import { Rooms } from '@ws-arena/lifecycle/rooms';
import { TokenGate, type TokenHeaders } from '@ws-arena/lifecycle/token-gate';
import { Connection, type UserData } from './connection.ts';
import { drained } from './drained.ts';
import { handshakeKey, NO_HANDSHAKE, refuse, tokenHeaders } from './handshake.ts';
import { serveObservability } from './observability.ts';
import { refuseUnkeepable } from './unkeepable.ts';
import type {} from './uws-types.ts';

/** Starts the contract's server on uWebSockets.js. Resolves when it listens. */
export async function startServer(config: ServerConfig): Promise<Service> {
  refuseUnkeepable(config);
  const metrics = new Metrics();
  const heartbeat = new Heartbeat<Connection>(config, (reason) => metrics.cut(reason));
  const pushes = new PushClock((topic, text) => publish(topic, Buffer.from(text), false));
  const rooms = new Rooms<Connection>();
  const carrier = await roomCarrier<ArrayBuffer>(config, metrics, rooms, publish);
  const doors = new Admission(config, metrics);
  const { readLimitBytes, originAllowList } = config;
  const compressFrom = config.deflateLevel > 0 ? config.deflateThresholdBytes : Number.POSITIVE_INFINITY;
  const gate = await TokenGate.of<Connection>(config, (connection, code) => connection.end(code));
  const app = uWS.App();
  /** Handed from `upgrade` to `open`, which uWS calls before `res.upgrade` returns. */
  let admitted: Workload;
  let untilSec = 0;

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

    upgrade(res, req, context) {
      // Each read of the request is a call into C++: the route has matched the path, and the rest goes by need.
      const origin = originAllowList.length > 0 ? req.getHeader('origin') : undefined;
      const admission = doors.admit(config.path, req.getQuery(), origin);
      const key = handshakeKey(req);
      if (admission.kind === 'refusal') {
        metrics.rejected(admission.status);
        refuse(res, admission.status, admission.sentence);
      } else if (key === undefined) {
        metrics.rejected(400);
        refuse(res, 400, NO_HANDSHAKE);
      } else {
        const protocols = req.getHeader('sec-websocket-protocol');
        const extensions = config.deflateLevel > 0 ? req.getHeader('sec-websocket-extensions') : '';
        const upgrade = (protocol: string) => {
          admitted = admission;
          res.upgrade({}, key, protocol, extensions, context);
        };
        if (gate) guard(gate, res, tokenHeaders(req, protocols), upgrade);
        else upgrade(protocols);
      }
    },

    open(ws) {
      const workload = admitted;
      const connection = new Connection(ws, workload);
      const data = ws.getUserData();
      data.connection = connection;
      data.room = workload.kind === 'room' ? workload.topic : '';
      metrics.opened();
      connection.beat = heartbeat.add(connection);
      if (workload.kind !== 'echo') {
        ws.subscribe(workload.topic);
        rooms.join(workload.topic, connection);
      }
      if (workload.kind === 'push') pushes.join(workload);
      gate?.admit(connection, untilSec);
    },

    message(ws, message, isBinary) {
      const bytes = message.byteLength;
      const { room, connection } = ws as typeof ws & UserData;
      if (connection.endCode !== 0) return;
      if (bytes > readLimitBytes) connection.end(1009);
      else if (gate && !isBinary && gate.isToken(new Uint8Array(message)))
        void gate.refresh(ws.getUserData().connection, Buffer.from(message).toString());
      else if (room === '') {
        metrics.echoed(bytes);
        if (ws.send(message, isBinary, bytes >= compressFrom) !== 1) backpressured(ws);
      } else {
        metrics.received(bytes);
        carrier.publish(room, message, isBinary);
      }
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
      const { workload } = connection;
      metrics.closed(code);
      heartbeat.remove(connection.beat);
      gate?.leave(connection);
      if (workload.kind !== 'echo') rooms.leave(workload.topic, connection);
      if (workload.kind === 'push') pushes.leave(workload);
    },
  });
  serveObservability(app, metrics, doors, config.path);

  /** Upgrades when the token is good; uWS' request is not there any more by then. */
  function guard(
    tokens: TokenGate<Connection>,
    res: uWS.HttpResponse,
    headers: TokenHeaders,
    upgrade: (protocol: string) => void,
  ): void {
    let aborted = false;
    res.onAborted(() => {
      aborted = true;
    });
    void tokens.verdict(headers).then((verdict) => {
      if (aborted) return;
      if (verdict.status === 200) {
        untilSec = verdict.expiresAtSec;
        // Not in `cork`, though uWS warns once on stderr: until uNetworking/uWebSockets#1929 cork takes what the upgrade left
        // in place for a response still, and may close it; on a busy machine one of eight (uws-pack 20.0.8).
        upgrade(/^bearer\b/i.test(headers.protocols ?? '') ? 'bearer' : (headers.protocols ?? ''));
      } else {
        metrics.rejected(verdict.status);
        refuse(res, verdict.status, verdict.reason);
      }
    });
  }

  function backpressured(ws: uWS.WebSocket<UserData>): void {
    heartbeat.watchWrites(ws.getUserData().connection.beat);
  }

  /** uWS' own fan-out: it batches, and tells nothing of the members' backlogs; the next tick looks at them. */
  function publish(topic: string, message: ArrayBuffer | Uint8Array, isBinary: boolean): void {
    const members = rooms.membersOf(topic);
    app.publish(topic, message, isBinary, message.byteLength >= compressFrom);
    heartbeat.suspectWrites(members);
    metrics.sent(members.size, message.byteLength);
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
      pushes.stop();
      carrier.close();
      uWS.us_listen_socket_close(socket);
      if (door) uWS.us_listen_socket_close(door);
      await drained();
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
