import type { ServerConfig } from '@ws-arena/config/options';
import { wireLimitBytes } from '@ws-arena/config/wire-limit';
import { Admission, type Refusal, type Workload } from '@ws-arena/lifecycle/admission';
import { NO_HANDSHAKE } from '@ws-arena/lifecycle/handshake';
import { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import { cannotListen, removeStaleSocket } from '@ws-arena/lifecycle/listening';
import { Metrics } from '@ws-arena/lifecycle/metrics';
import type { Service } from '@ws-arena/lifecycle/process';
import { TokenGate } from '@ws-arena/lifecycle/token-gate';
import type { Server } from 'bun';
import { closeCode } from './close-code.ts';
import { closingHandshakes } from './closing-handshakes.ts';
import { Connection } from './connection.ts';
import { hasHandshake, observability, refusal, tokenHeaders } from './http.ts';
import { serveMessages } from './messages.ts';
import { refuseUnkeepable } from './unkeepable.ts';

/** Starts the contract's server on Bun.serve. Resolves when it listens. */
export async function startServer(config: ServerConfig): Promise<Service> {
  refuseUnkeepable(config);
  const servers: Server<Connection>[] = [];
  const metrics = new Metrics();
  const doors = new Admission(config, metrics);
  const heartbeat = new Heartbeat<Connection>(config, (reason) => metrics.cut(reason));
  const gate = await TokenGate.of<Connection>(config, (connection, code) => connection.end(code));
  const messages = await serveMessages(servers, config, metrics, heartbeat);
  const compressor = config.deflateContextTakeover ? 'dedicated' : 'shared';

  const serving = {
    development: false,
    routes: { ...observability(metrics, doors), [config.path]: { GET: onUpgrade } },
    fetch: (request: Request) =>
      turnAway(request, 404, doors.notFound(new URL(request.url).pathname).sentence),
    websocket: {
      maxPayloadLength: wireLimitBytes(config), // counts a message on the wire, too
      // Above its limit Bun drops messages. Without one, this server stops reading or cuts the connection, and none is lost.
      backpressureLimit: 0,
      // Its idle timer counts any byte as life and is 4 s coarse; the heartbeat is exact and counts pongs.
      idleTimeout: 0,
      sendPings: false,
      perMessageDeflate: config.deflateLevel > 0 && { compress: compressor, decompress: compressor },

      open(ws) {
        const connection = ws.data;
        connection.ws = ws;
        connection.beat = heartbeat.add(connection);
        metrics.opened();
        if (connection.untilSec !== undefined) gate?.admit(connection, connection.untilSec);
        messages.join(connection);
      },

      message({ data: connection }, message) {
        if (connection.endCode !== 0) return;
        const bytes = Buffer.byteLength(message);
        if (bytes > config.readLimitBytes) connection.end(1009);
        else if (gate && typeof message === 'string' && gate.isTokenText(message))
          void gate.refresh(connection, message);
        else messages.take(connection, message, bytes);
      },

      pong({ data: connection }) {
        heartbeat.pong(connection.beat);
      },

      drain({ data: connection }) {
        connection.drained();
      },

      close({ data: connection }, code, reason) {
        metrics.closed(closeCode(code, reason));
        heartbeat.remove(connection.beat);
        gate?.leave(connection);
        messages.leave(connection);
      },
    } satisfies Bun.WebSocketHandler<Connection>,
  };

  /** Decides by what costs nothing, and then by the token. */
  function onUpgrade(request: Request, server: Server<Connection>) {
    const workload = workloadOf(request);
    if (workload.kind === 'refusal') return turnAway(request, workload.status, workload.sentence);
    if (!hasHandshake(request.headers)) return turnAway(request, 400, NO_HANDSHAKE);
    return gate ? withToken(gate, request, server) : upgrade(request, server, workload);
  }

  async function withToken(by: TokenGate<Connection>, request: Request, server: Server<Connection>) {
    const verdict = await by.verdict(tokenHeaders(request.headers));
    if (verdict.status !== 200) return turnAway(request, verdict.status, verdict.reason);
    // Meanwhile the last place may have been taken, or a drain have begun.
    const workload = workloadOf(request);
    if (workload.kind === 'refusal') return turnAway(request, workload.status, workload.sentence);
    return upgrade(request, server, workload, verdict.expiresAtSec);
  }

  function workloadOf({ headers, url }: Request): Workload | Refusal {
    const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
    return doors.admit(config.path, query, headers.get('origin') ?? undefined);
  }

  function upgrade(request: Request, server: Server<Connection>, workload: Workload, untilSec?: number) {
    const data = new Connection(workload, untilSec);
    return server.upgrade(request, { data }) ? undefined : turnAway(request, 400, NO_HANDSHAKE);
  }

  function turnAway({ headers }: Request, status: number, sentence: string): Response {
    if (headers.has('upgrade')) metrics.rejected(status);
    return refusal(status, sentence);
  }

  const { host: hostname, port, socketPath } = config;
  servers.push(listening(() => Bun.serve({ ...serving, hostname, port }), config));
  if (socketPath !== '') {
    await removeStaleSocket(socketPath);
    servers.push(listening(() => Bun.serve({ ...serving, unix: socketPath }), socketPath));
  }
  heartbeat.start();
  const listeningPort = servers[0]!.port!;
  return {
    port: listeningPort,
    library: 'Bun.serve',
    version: Bun.version,
    async drain() {
      doors.isOpen = false;
      await heartbeat.closeAll(config.drainSpreadMs, (connection) => connection.end(1001));
      messages.stop();
      await Promise.all(servers.map((server) => server.stop()));
      await closingHandshakes(listeningPort);
    },
  };
}

/** @throws Error when the address is taken, or is not of this machine. */
function listening<T>(serve: () => T, where: string | ServerConfig): T {
  try {
    return serve();
  } catch (cause) {
    throw cannotListen(where, (cause as NodeJS.ErrnoException).code, cause);
  }
}
