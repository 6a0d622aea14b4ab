import type { IncomingMessage } from 'node:http';
import type { Admission, Refusal, Workload } from './admission.ts';
import type { TokenGate, TokenHeaders } from './token-gate.ts';

/** The workload of a connection, and when its token expires. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly workload: Workload;
  /** In seconds since 1970; undefined where the request was asked for no token. */
  readonly untilSec: number | undefined;
}

/**
 * Decides on a request to Node's HTTP server that wants to open a connection: first by what costs nothing, then by its
 * token, and then once more, because while it waited the last place may have been taken or a drain have begun. Whoever is
 * let in must take its place before the event loop goes on. Without a gate this does not wait for anything.
 * @param mayComeWithout whether a request without a token is let in too, because its client may bring one later.
 */
export async function admit<C>(
  request: IncomingMessage,
  doors: Admission,
  gate: TokenGate<C> | undefined,
  mayComeWithout = false,
): Promise<Admitted | Refusal> {
  const [path = '', query = ''] = request.url!.split('?', 2);
  let workload = doors.admit(path, query, request.headers.origin);
  if (workload.kind === 'refusal') return workload;
  const headers = gate && tokenHeaders(request);
  let untilSec: number | undefined;
  if (headers && !(mayComeWithout && !gate.carries(headers))) {
    // Node's HTTP server no longer listens to the socket of an upgrade: an unhandled error would end the process.
    request.socket.on('error', ignoreError);
    const verdict = await gate.verdict(headers);
    request.socket.off('error', ignoreError);
    if (verdict.status !== 200) return { kind: 'refusal', status: verdict.status, sentence: verdict.reason };
    untilSec = verdict.expiresAtSec;
    workload = doors.admit(path, query, request.headers.origin);
    if (workload.kind === 'refusal') return workload;
  }
  return { kind: 'admitted', workload, untilSec };
}

function ignoreError(): void {}

/** What of a request carries a token. */
function tokenHeaders({ headers }: IncomingMessage): TokenHeaders {
  return {
    authorization: headers.authorization,
    protocols: headers['sec-websocket-protocol'],
    expires: headers['x-token-expires'] as string | undefined,
  };
}
