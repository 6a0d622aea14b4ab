import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ServerConfig } from '@ws-arena/config/options';
import { admit, type Refusal, type Workload } from '@ws-arena/lifecycle/admission';
import { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { Metrics } from '@ws-arena/lifecycle/metrics';
import { answer, closed, listen, nodeHttpServer, refuseUpgrade } from '@ws-arena/lifecycle/node-http';
import type { Service } from '@ws-arena/lifecycle/process';
import { Server as Engine, type Socket as EngineConnection } from 'engine.io';
import { Server, type Socket } from 'socket.io';
import { engineOptions } from './engine-options.ts';
import { EnginePeer, type PeerContext } from './engine-peer.ts';
import { serveMessages } from './serve-messages.ts';
import { wireOf, wsEngine } from './ws-engine.ts';

type Admitted = IncomingMessage & { workload: Workload; _query: Record<string, string> };

/**
 * Starts the contract's server on socket.io. Resolves when it listens.
 * @param parser the packets' encoding; absent is Socket.IO's own.
 */
export async function startServer(config: ServerConfig, parser?: object): Promise<Service> {
  const metrics = new Metrics();
  const heartbeat = new Heartbeat<EnginePeer>(config, (reason) => metrics.cut(reason));
  const context: PeerContext = { config, metrics, heartbeat, wireOf };
  const io = new Server({
    ...(parser && { parser }),
    serveClient: false,
    connectTimeout: config.handshakeTimeoutMs,
  });
  const engine = new Engine({
    ...engineOptions(config),
    wsEngine: wsEngine(config, metrics),
  });

  engine.on('connection', (connection: EngineConnection) => {
    const { workload } = connection.request as Admitted;
    new EnginePeer(context, connection, workload);
  });
  engine.on('connection_error', ({ req }: { req: IncomingMessage }) => {
    if (req.headers.upgrade) metrics.rejected(400);
  });
  io.bind(engine);
  const stopPushes = serveMessages(io, metrics, (socket: Socket) => (socket.request as Admitted).workload);

  // `io.attach` would take every path that begins with ours and knows no 404, 403 or 503; so the requests are ours.
  const http = nodeHttpServer(config, metrics, (request, response) => {
    const refusal = refusalOf(request);
    if (refusal?.status === 404) return answer(metrics, request, response);
    if (refusal) response.writeHead(refusal.status).end(refusal.sentence);
    else engine.handleRequest(request, response);
  });
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refusalOf(request);
    if (refusal) {
      metrics.rejected(refusal.status);
      refuseUpgrade(socket, refusal);
    } else engine.handleUpgrade(request, socket, head);
  });

  function refusalOf(request: IncomingMessage): Refusal | undefined {
    const [path = '', text = ''] = request.url!.split('?', 2);
    const query = Object.fromEntries(new URLSearchParams(text));
    if (!config.longPolling) delete query.sid;
    // A request of an open session is let in: its session has been counted already.
    const open = query.sid ? 0 : metrics.connections;
    const admission = admit(config, path, text, request.headers.origin, open);
    if (admission.kind === 'refusal') return admission;
    (request as Admitted).workload = admission;
    // Engine.IO takes it for its own reading of the query: no session is one to it and none to us.
    (request as Admitted)._query = query;
    return undefined;
  }

  const port = await listen(http, config);
  const stopHeartbeat = heartbeat.start();
  return {
    port,
    library: 'socket.io',
    version: installedPackage('socket.io', import.meta.url).version,
    drain() {
      const done = closed(http);
      stopPushes();
      stopHeartbeat();
      heartbeat.visit((peer) => peer.goAway());
      return done;
    },
  };
}
