import type { ServerResponse } from 'node:http';
import { ConfigError } from '@ws-arena/config/config-error';
import type { ServerConfig } from '@ws-arena/config/options';
import { Admission } from '@ws-arena/lifecycle/admission';
import { admit } from '@ws-arena/lifecycle/admit';
import { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { Metrics } from '@ws-arena/lifecycle/metrics';
import { listen, nodeHttpServer, refuseUpgrade } from '@ws-arena/lifecycle/node-http';
import type { Service } from '@ws-arena/lifecycle/process';
import { TokenGate } from '@ws-arena/lifecycle/token-gate';
import { Server } from 'socket.io';
import {
  type AdmittedRequest,
  admittedBy,
  Connection,
  type EngineConnection,
  wsEngine,
} from './connection.ts';
import { serveMessages } from './messages.ts';
import { redisOptions } from './redis-adapter.ts';

/**
 * Starts the contract's server on socket.io. Resolves when it listens.
 *
 * `doors` and `gate` decide who comes in. `heartbeat` pings, and keeps the pong and the write deadline. `drain` is what SIGTERM
 * does. What becomes of messages is in messages.ts, which a server of your own replaces.
 * @param parser the packets' encoding; absent is Socket.IO's own.
 */
export async function startServer(config: ServerConfig, parser?: object): Promise<Service> {
  const { longPolling, originAllowList } = config;
  const perMessageDeflate = deflateOptions(config);
  const metrics = new Metrics();
  const doors = new Admission(config, metrics);
  const heartbeat = new Heartbeat<Connection>(config, (reason) => metrics.cut(reason));
  const gate = await TokenGate.of<Connection>(config, (connection, code) => connection.end(code));
  const http = nodeHttpServer(config, metrics, doors);
  // https://socket.io/docs/v4/server-options/
  const io = new Server(http, {
    path: config.path,
    addTrailingSlash: false,
    destroyUpgrade: false, // an upgrade of another path gets 404 below, instead of silence
    serveClient: false,
    transports: longPolling ? ['polling', 'websocket'] : ['websocket'],
    connectTimeout: config.handshakeTimeoutMs, // to join a namespace
    upgradeTimeout: config.handshakeTimeoutMs,
    maxHttpBufferSize: config.readLimitBytes,
    pingInterval: config.pingPeriodMs,
    pingTimeout: config.pongWaitMs, // what clients are told; the heartbeat cuts at pongWaitMs exactly, by pongs alone
    perMessageDeflate,
    httpCompression: false,
    wsEngine: wsEngine(config, metrics),
    // Pages of other origins may read the answers to their polls; WebSocket has no such rule, and `admit` looks at Origin.
    ...(originAllowList.length > 0 &&
      longPolling && { cors: { origin: [...originAllowList], credentials: true } }),
    ...(parser && { parser }),
    ...(await redisOptions(config, metrics)),
  });

  // As https://socket.io/how-to/use-with-jwt does it: only the first request of a session has no session id. The option
  // `allowRequest` knows one status for all refusals, but Nginx must see 503 to take the client to the next server.
  io.engine.use(async (request: AdmittedRequest, response: ServerResponse, next: () => void) => {
    if (request._query.sid) return next();
    const admitted = await admit(request, doors, gate, !config.authByProxy);
    if (admitted.kind === 'admitted') {
      request.admitted = admitted;
      next();
    } else if (request.headers.upgrade) refuseUpgrade(metrics, request.socket, admitted);
    else response.writeHead(admitted.status).end(admitted.sentence);
  });
  io.engine.on('connection_error', ({ req }: { req: AdmittedRequest }) => {
    if (req.headers.upgrade) metrics.rejected(400);
  });
  // Engine.IO takes every path that begins with its own, and leaves the others to us.
  http.on('upgrade', ({ url }, socket) => {
    if (!url!.startsWith(io.path())) refuseUpgrade(metrics, socket, doors.notFound(url!));
  });

  const shared = { config, metrics, heartbeat };
  const connections = new WeakMap<EngineConnection, Connection>();
  io.engine.on('connection', (engine: EngineConnection) => {
    const connection = new Connection(shared, engine);
    if (gate) connections.set(engine, connection);
  });
  if (gate) checkTokens(io, gate, (engine) => connections.get(engine)!);
  const stopPushes = serveMessages(io, metrics);

  const { port, closed } = await listen(http, config);
  heartbeat.start();
  return {
    port,
    library: 'socket.io',
    version: installedPackage('socket.io', import.meta.url).version,
    // `io.close()` would end all connections at once, and without a code.
    async drain() {
      doors.isOpen = false;
      await heartbeat.closeAll(config.drainSpreadMs, (connection) => connection.end(1001));
      stopPushes();
      await closed();
    },
  };
}

/**
 * Keeps a connection as long as its token is good. A client that brought none with its first request must bring it in the
 * packet CONNECT (`auth: { token }`), as browsers do; a new one may come as a message.
 */
function checkTokens(
  io: Server,
  gate: TokenGate<Connection>,
  connectionOf: (engine: EngineConnection) => Connection,
): void {
  io.engine.on('connection', (engine: EngineConnection) => {
    const { untilSec } = admittedBy(engine.request);
    if (untilSec !== undefined) gate.admit(connectionOf(engine), untilSec);
    engine.on('close', () => gate.leave(connectionOf(engine)));
  });
  io.use(async ({ conn, request, handshake }, next) => {
    if (admittedBy(request).untilSec !== undefined) return next();
    const verdict = await gate.verdictOn(handshake.auth.token);
    if (verdict.status !== 200) return next(new Error(`${verdict.status}: ${verdict.reason}`));
    // It may have left meanwhile; who is admitted after that never leaves the gate.
    if (conn.readyState === 'open') gate.admit(connectionOf(conn), verdict.expiresAtSec);
    next();
  });
  io.on('connection', (socket) => {
    socket.use(([event, message, acknowledge], next) => {
      if (event !== 'message' || typeof message !== 'string' || !gate.isTokenText(message)) return next();
      void gate.refresh(connectionOf(socket.conn), message);
      if (typeof acknowledge === 'function') acknowledge('');
    });
  });
}

/** @throws ConfigError for a threshold together with context takeover. */
function deflateOptions(config: ServerConfig) {
  const { deflateLevel, deflateThresholdBytes, deflateContextTakeover } = config;
  if (deflateLevel === 0) return false;
  if (deflateContextTakeover && deflateThresholdBytes > 0) {
    throw new ConfigError(
      `deflateThresholdBytes is ${deflateThresholdBytes}; wanted: 0 when deflateContextTakeover is true, because socket.io leaves the threshold to ws, which ignores it then`,
    );
  }
  return {
    zlibDeflateOptions: { level: deflateLevel },
    threshold: deflateThresholdBytes,
    // `false` would refuse a client that asks for it.
    serverNoContextTakeover: deflateContextTakeover ? undefined : true,
    clientNoContextTakeover: deflateContextTakeover ? undefined : true,
  };
}
