import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ServerConfig } from '@ws-arena/config/options';
import { Admission, type Refusal, type Workload } from '@ws-arena/lifecycle/admission';
import { guardedUpgrade, tokenHeaders } from '@ws-arena/lifecycle/guarded-upgrade';
import { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { Metrics } from '@ws-arena/lifecycle/metrics';
import { answer, closed, listen, nodeHttpServer, refuseUpgrade } from '@ws-arena/lifecycle/node-http';
import type { Service } from '@ws-arena/lifecycle/process';
import { TokenGate, type TokenHeaders } from '@ws-arena/lifecycle/token-gate';
import { Server as Engine, type Socket as EngineConnection } from 'engine.io';
import { Server, type Socket } from 'socket.io';
import { connectToken } from './connect-token.ts';
import { engineOptions } from './engine-options.ts';
import { EnginePeer, type PeerContext } from './engine-peer.ts';
import { redisOptions } from './redis-adapter.ts';
import { serveMessages } from './serve-messages.ts';
import { wireOf, wsEngine } from './ws-engine.ts';

type Admitted = IncomingMessage & {
  workload: Workload;
  untilSec: number | undefined;
  _query: Record<string, string>;
};

/**
 * Starts the contract's server on socket.io. Resolves when it listens.
 * @param parser the packets' encoding; absent is Socket.IO's own.
 */
export async function startServer(config: ServerConfig, parser?: object): Promise<Service> {
  const metrics = new Metrics();
  const heartbeat = new Heartbeat<EnginePeer>(config, (reason) => metrics.cut(reason));
  const doors = new Admission(config, metrics);
  const context: PeerContext = { config, metrics, heartbeat, wireOf };
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
  io.bind(engine);
  const requestOf = (socket: Socket) => socket.request as Admitted;
  const stopPushes = serveMessages(
    io,
    metrics,
    (socket) => requestOf(socket).workload,
    gate && ((socket, message) => takesToken(gate, peerOf(socket), message)),
  );
  if (gate) io.use(connectToken(gate, peerOf, (socket) => requestOf(socket).untilSec !== undefined));

  // `io.attach` would take every path that begins with ours and knows no 404, 403 or 503; so the requests are ours.
  const http = nodeHttpServer(config, metrics, doors, async (request, response) => {
    const refusal = refusalOf(request) ?? (await tokenRefusal(request));
    if (refusal?.status === 404) return answer(metrics, doors, request, response);
    if (refusal) response.writeHead(refusal.status).end(refusal.sentence);
    else engine.handleRequest(request, response);
  });
  http.on('upgrade', guardedUpgrade(gate, metrics, upgrade, mayBringItLater));

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, untilSec?: number): void {
    const refusal = refusalOf(request);
    if (refusal) {
      metrics.rejected(refusal.status);
      refuseUpgrade(socket, refusal);
    } else {
      (request as Admitted).untilSec = untilSec;
      engine.handleUpgrade(request, socket, head);
    }
  }

  /** A client of Socket.IO may bring its token in CONNECT; a proxy that checks tokens says so at the upgrade. */
  function mayBringItLater(headers: TokenHeaders): boolean {
    return !config.authByProxy && !gate?.carries(headers);
  }

  /** Of a session by long-polling, the first request brings the token. */
  async function tokenRefusal(request: IncomingMessage): Promise<Refusal | undefined> {
    const headers = tokenHeaders(request);
    if (!gate || (request as Admitted)._query.sid || mayBringItLater(headers)) return undefined;
    const verdict = await gate.verdict(headers);
    if (verdict.status !== 200) return { kind: 'refusal', status: verdict.status, sentence: verdict.reason };
    (request as Admitted).untilSec = verdict.expiresAtSec;
    return undefined;
  }

  function refusalOf(request: IncomingMessage): Refusal | undefined {
    const [path = '', text = ''] = request.url!.split('?', 2);
    const query = Object.fromEntries(new URLSearchParams(text));
    if (!config.longPolling) delete query.sid;
    const admission = doors.admit(path, text, request.headers.origin, !query.sid);
    if (admission.kind === 'refusal') return admission;
    (request as Admitted).workload = admission;
    // Engine.IO takes it for its own reading of the query: no session is one to it and none to us.
    (request as Admitted)._query = query;
    return undefined;
  }

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
