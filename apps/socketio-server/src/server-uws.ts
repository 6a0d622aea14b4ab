import * as uWS from 'uWebSockets.js';
import type { ServerConfig } from '@ws-arena/config/options';
import { admit, type Workload } from '@ws-arena/lifecycle/admission';
import { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { cannotListen } from '@ws-arena/lifecycle/listening';
import { Metrics } from '@ws-arena/lifecycle/metrics';
import type { Service } from '@ws-arena/lifecycle/process';
import { drained } from '@ws-arena/lifecycle/uws/drained';
import { handshakeKey, NO_HANDSHAKE, refuse } from '@ws-arena/lifecycle/uws/handshake';
import { serveObservability } from '@ws-arena/lifecycle/uws/observability';
import { refuseUnkeepable } from '@ws-arena/lifecycle/uws/unkeepable';
import type {} from '@ws-arena/lifecycle/uws/uws-types';
import type { Socket as EngineConnection } from 'engine.io';
import { Server, type Socket } from 'socket.io';
import { engineOptions } from './engine-options.ts';
import { EnginePeer, type PeerContext } from './engine-peer.ts';
import { serveMessages } from './serve-messages.ts';
import { type EngineUserData, uwsWireOf } from './uws-wire.ts';

type Behavior = uWS.WebSocketBehavior<EngineUserData>;

/** Starts the contract's server on socket.io attached to uWebSockets.js. Resolves when it listens. */
export async function startServer(config: ServerConfig): Promise<Service> {
  refuseUnkeepable(config);
  const metrics = new Metrics();
  const heartbeat = new Heartbeat<EnginePeer>(config, (reason) => metrics.cut(reason));
  const context: PeerContext = { config, metrics, heartbeat, wireOf: uwsWireOf };
  const app = uWS.App();
  const io = new Server({
    ...engineOptions(config),
    path: config.path,
    addTrailingSlash: false,
    serveClient: false,
    connectTimeout: config.handshakeTimeoutMs,
  });
  // Through `attachApp` alone, uWS drops what a slow peer does not take, and Socket.IO never hears of it. So the
  // one route that it registers is completed on the way: over the cap a connection is cut and counted instead.
  const front = {
    any(...route: Parameters<typeof app.any>) {
      app.any(...route);
      return front;
    },
    ws: (path: string, behavior: Behavior) => app.ws(path, guarded(config, metrics, behavior)),
    publish: app.publish.bind(app),
  };
  io.attachApp(front);
  io.engine.on('connection', (connection: EngineConnection) => {
    const workload = workloadOf(config, connection);
    if (workload) new EnginePeer(context, connection, workload);
    else connection.close(true);
  });
  const stopPushes = serveMessages(io, metrics, (socket: Socket) => workloadOf(config, socket.conn) ?? echo);
  serveObservability(app, metrics, config.path);

  const socket = await new Promise<uWS.us_listen_socket>((resolve, reject) => {
    app.listen(config.host, config.port, uWS.LIBUS_LISTEN_EXCLUSIVE_PORT, (listening) => {
      if (listening) resolve(listening);
      else reject(cannotListen(config));
    });
  });
  const stopHeartbeat = heartbeat.start();
  const [socketIo, uws] = ['socket.io', 'uWebSockets.js'].map((name) =>
    installedPackage(name, import.meta.url),
  );
  return {
    port: uWS.us_socket_local_port(socket),
    library: `socket.io on uWebSockets.js (${uws!.name} ${uws!.version})`,
    version: socketIo!.version,
    drain() {
      stopPushes();
      stopHeartbeat();
      uWS.us_listen_socket_close(socket);
      heartbeat.visit((peer) => peer.goAway());
      return drained();
    },
  };
}

const echo: Workload = { kind: 'echo', topic: '' };

/** What a connection has come for; its request was admitted when it came. */
function workloadOf(config: ServerConfig, connection: EngineConnection): Workload | undefined {
  const { _query: query } = connection.request as typeof connection.request & {
    _query: Record<string, string>;
  };
  const admission = admit(
    { ...config, originAllowList: [], maxConnections: 0 },
    config.path,
    new URLSearchParams(query).toString(),
    undefined,
    0,
  );
  return admission.kind === 'refusal' ? undefined : admission;
}

/** The route of Engine.IO with the contract's limits, and with what uWS tells of a connection's backlog. */
function guarded(config: ServerConfig, metrics: Metrics, behavior: Behavior): Behavior {
  return {
    ...behavior,
    compression: config.deflateLevel > 0 ? uWS.SHARED_COMPRESSOR | uWS.SHARED_DECOMPRESSOR : uWS.DISABLED,
    maxBackpressure: config.maxBufferedBytes,
    closeOnBackpressureLimit: true,
    idleTimeout: 0,
    sendPingsAutomatically: false,
    // uWS counts compressed bytes too, and cuts without a word: a cap above the limit leaves us the message, to say 1009.
    maxPayloadLength: Math.min(4 * config.readLimitBytes, 0x7fff_ffff),
    message(ws, message, isBinary) {
      if (message.byteLength > config.readLimitBytes) ws.end(1009);
      else behavior.message?.(ws, message, isBinary);
    },
    upgrade(res, req, context) {
      const query = req.getQuery() ?? '';
      const admission = admit(config, req.getUrl(), query, req.getHeader('origin'), metrics.connections);
      const { transport, sid } = Object.fromEntries(new URLSearchParams(query));
      if (admission.kind === 'refusal') {
        metrics.rejected(admission.status);
        refuse(res, admission.status, admission.sentence);
      } else if (handshakeKey(req) === undefined) {
        metrics.rejected(400);
        refuse(res, 400, NO_HANDSHAKE);
      } else if (transport !== 'websocket' || sid !== undefined) {
        metrics.rejected(400);
        refuse(res, 400, `transport is ${transport}, sid is ${sid}; wanted: websocket, and no sid`);
      } else return behavior.upgrade?.(res, req, context);
    },
    open(ws) {
      uwsWireOf(ws.getUserData().transport)?.opened(ws);
      return behavior.open?.(ws);
    },
    drain(ws) {
      const { wire } = ws.getUserData().transport;
      if (wire) wire.drains += 1;
    },
    dropped(ws) {
      const { wire } = ws.getUserData().transport;
      if (wire && !wire.overflowed) metrics.cut('buffer_full');
      if (wire) wire.overflowed = true;
    },
    close(ws, code, message) {
      ws.getUserData().transport.wire?.closed(code);
      behavior.close?.(ws, code, message);
    },
  };
}
