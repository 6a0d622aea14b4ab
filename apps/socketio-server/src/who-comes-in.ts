import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ServerConfig } from '@ws-arena/config/options';
import type { Admission, Refusal, Workload } from '@ws-arena/lifecycle/admission';
import { guardedUpgrade, tokenHeaders } from '@ws-arena/lifecycle/guarded-upgrade';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import { answer, refuseUpgrade } from '@ws-arena/lifecycle/node-http';
import type { TokenGate, TokenHeaders } from '@ws-arena/lifecycle/token-gate';
import type { Server as Engine } from 'engine.io';
import type { ExtendedError, Socket } from 'socket.io';
import type { EnginePeer } from './engine-peer.ts';

/** A request that was let in, and what it has come for. */
export interface Admitted extends IncomingMessage {
  workload: Workload;
  /** When its token expires, in seconds since 1970; undefined where it has brought none. */
  untilSec: number | undefined;
}

type Read = Admitted & { _query: Record<string, string> };

/** What stands between Node's HTTP server and Engine.IO. */
export interface Entrance {
  readonly onRequest: RequestListener;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/**
 * Lets requests on to `engine`. Attached to the HTTP server itself, it would take every path that begins with ours, and
 * know no 404, 403, 401 or 503.
 */
export function entranceOf(
  engine: Engine,
  config: ServerConfig,
  metrics: Metrics,
  doors: Admission,
  gate: TokenGate<EnginePeer> | undefined,
): Entrance {
  function refusalOf(request: IncomingMessage): Refusal | undefined {
    const [path = '', text = ''] = request.url!.split('?', 2);
    const query = Object.fromEntries(new URLSearchParams(text));
    if (!config.longPolling) delete query.sid;
    const workload = doors.admit(path, text, request.headers.origin, !query.sid);
    if (workload.kind === 'refusal') return workload;
    // Engine.IO takes it for its own reading of the query: no session is one to it and none to us.
    Object.assign(request, { workload, _query: query });
    return undefined;
  }

  /** A client of Socket.IO may bring its token in CONNECT; a proxy that checks tokens says so at the upgrade. */
  function mayBringItLater(headers: TokenHeaders): boolean {
    return !config.authByProxy && !gate?.carries(headers);
  }

  /** Of a session by long-polling, the first request brings the token. */
  async function tokenRefusal(request: Read): Promise<Refusal | undefined> {
    const headers = tokenHeaders(request);
    if (!gate || request._query.sid || mayBringItLater(headers)) return undefined;
    const verdict = await gate.verdict(headers);
    if (verdict.status !== 200) return { kind: 'refusal', status: verdict.status, sentence: verdict.reason };
    request.untilSec = verdict.expiresAtSec;
    return undefined;
  }

  return {
    async onRequest(request, response) {
      const refusal = refusalOf(request) ?? (await tokenRefusal(request as Read));
      if (refusal?.status === 404) return answer(metrics, doors, request, response);
      if (refusal) response.writeHead(refusal.status).end(refusal.sentence);
      else engine.handleRequest(request, response);
    },
    onUpgrade: guardedUpgrade<EnginePeer, Duplex>(
      gate,
      metrics,
      (request, socket, head, untilSec) => {
        const refusal = refusalOf(request);
        if (refusal) {
          metrics.rejected(refusal.status);
          refuseUpgrade(socket, refusal);
        } else {
          (request as Read).untilSec = untilSec;
          engine.handleUpgrade(request, socket, head);
        }
      },
      mayBringItLater,
    ),
  };
}

/**
 * A middleware for clients that bring their token in the packet CONNECT (`auth: { token }`), because their upgrade carried
 * none: whoever brings no good one is told why, and is no member of the namespace.
 * @param peerOf the peer below a socket.
 */
export function connectToken(
  gate: TokenGate<EnginePeer>,
  peerOf: (socket: Socket) => EnginePeer,
): (socket: Socket, next: (error?: ExtendedError) => void) => void {
  const check = async (socket: Socket, next: (error?: ExtendedError) => void) => {
    const verdict = await gate.verdictOn((socket.handshake.auth as { token?: unknown }).token);
    if (verdict.status !== 200) return next(new Error(`${verdict.status}: ${verdict.reason}`));
    gate.admit(peerOf(socket), verdict.expiresAtSec);
    next();
  };
  return (socket, next) =>
    (socket.request as Admitted).untilSec === undefined ? void check(socket, next) : next();
}
