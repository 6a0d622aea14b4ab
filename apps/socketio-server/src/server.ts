import type { IncomingMessage } from 'node:http';
import type { ServerConfig } from '@ws-arena/config/options';
import { Admission } from '@ws-arena/lifecycle/admission';
import { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { Metrics } from '@ws-arena/lifecycle/metrics';
import { closed, listen, nodeHttpServer } from '@ws-arena/lifecycle/node-http';
import type { Service } from '@ws-arena/lifecycle/process';
import { TokenGate } from '@ws-arena/lifecycle/token-gate';
import { Server as Engine, type Socket as EngineConnection } from 'engine.io';
import { Server, type Socket } from 'socket.io';
import { engineOptions } from './engine-options.ts';
import { EnginePeer } from './engine-peer.ts';
import { serveMessages } from './messages.ts';
import { redisOptions } from './redis-adapter.ts';
import { type Admitted, connectToken, entranceOf } from './who-comes-in.ts';
import { wsEngine } from './ws-engine.ts';

/**
 * Starts the contract's server on socket.io. Resolves when it listens.
 * @param parser the packets' encoding; absent is Socket.IO's own.
 */
export async function startServer(config: ServerConfig, parser?: object): Promise<Service> {
  const metrics = new Metrics();
  const heartbeat = new Heartbeat<EnginePeer>(config, (reason) => metrics.cut(reason));
  const doors = new Admission(config, metrics);
  const context = { config, metrics, heartbeat };
  const gate = await TokenGate.of<EnginePeer>(config, (peer, code) => peer.goAway(code));
  const peers = new WeakMap<object, EnginePeer>();
  const peerOf = (socket: Socket) => peers.get(socket.conn)!;
  const io = new Server({
    ...(parser && { parser }),
    serveClient: false,
    connectTimeout: config.handshakeTimeoutMs,
    ...(await redisOptions(config, metrics)),
  });
  const engine = new Engine({
    ...engineOptions(config),
    wsEngine: wsEngine(config, metrics),
  });

  io.bind(engine);

  engine.on('connection', (connection: EngineConnection) => {
    const { workload, untilSec } = connection.request as Admitted;
    const peer = new EnginePeer(context, connection, workload);
    if (!gate) return;
    peers.set(connection, peer);
    connection.on('close', () => gate.leave(peer));
    if (untilSec !== undefined) gate.admit(peer, untilSec);
  });
  engine.on('connection_error', ({ req }: { req: IncomingMessage }) => {
    if (req.headers.upgrade) metrics.rejected(400);
  });
  if (gate) io.use(connectToken(gate, peerOf));
  const stopPushes = serveMessages(
    io,
    metrics,
    (socket) => (socket.request as Admitted).workload,
    gate && ((socket, message) => takesToken(gate, peerOf(socket), message)),
  );

  const { onRequest, onUpgrade } = entranceOf(engine, config, metrics, doors, gate);
  const http = nodeHttpServer(config, metrics, doors, onRequest);
  http.on('upgrade', onUpgrade);
  const port = await listen(http, config);
  heartbeat.start();
  return {
    port,
    library: 'socket.io',
    version: installedPackage('socket.io', import.meta.url).version,
    async drain() {
      doors.isOpen = false;
      await heartbeat.closeAll(config.drainSpreadMs, (peer) => peer.goAway());
      stopPushes();
      await closed(http);
    },
  };
}

/** Whether the message is a new token, which is taken then. */
function takesToken(gate: TokenGate<EnginePeer>, peer: EnginePeer, message: string): boolean {
  const isToken = gate.isTokenText(message);
  if (isToken) void gate.refresh(peer, message);
  return isToken;
}
