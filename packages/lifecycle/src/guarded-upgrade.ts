import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Metrics } from './metrics.ts';
import { refuseUpgrade } from './node-http.ts';
import type { TokenGate, TokenHeaders } from './token-gate.ts';

/** An upgrade request, and until when its token is good (seconds since 1970); undefined where none is asked for. */
type Upgrade<S extends Duplex> = (
  request: IncomingMessage,
  socket: S,
  head: Buffer,
  untilSec: number | undefined,
) => void;

/** What of a request carries a token. */
export function tokenHeaders({ headers }: IncomingMessage): TokenHeaders {
  return {
    authorization: headers.authorization,
    protocols: headers['sec-websocket-protocol'],
    expires: headers['x-token-expires'] as string | undefined,
  };
}

/**
 * A listener for Node's event `upgrade` that lets through who has a good token; without a gate everybody, at once.
 * @param mayComeWithout whether a request without a token is let through too, because it may be brought later.
 */
export function guardedUpgrade<C, S extends Duplex>(
  gate: TokenGate<C> | undefined,
  metrics: Metrics,
  upgrade: Upgrade<S>,
  mayComeWithout: (headers: TokenHeaders) => boolean = () => false,
): (request: IncomingMessage, socket: S, head: Buffer) => void {
  if (!gate) return (request, socket, head) => upgrade(request, socket, head, undefined);
  const guard = async (request: IncomingMessage, socket: S, head: Buffer) => {
    const headers = tokenHeaders(request);
    if (mayComeWithout(headers)) return upgrade(request, socket, head, undefined);
    const gone = () => socket.destroy();
    socket.on('error', gone);
    const verdict = await gate.verdict(headers);
    socket.off('error', gone);
    if (verdict.status === 200) return upgrade(request, socket, head, verdict.expiresAtSec);
    metrics.rejected(verdict.status);
    refuseUpgrade(socket, { kind: 'refusal', status: verdict.status, sentence: verdict.reason });
  };
  return (request, socket, head) => void guard(request, socket, head);
}
