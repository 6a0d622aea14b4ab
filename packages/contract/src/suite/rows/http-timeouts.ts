import type { Fleet } from '../fleet.ts';
import { RawClient } from '../raw-client.ts';
import { inTime, latestMs, type Row, row } from '../row.ts';

/** What a client does on a plain connection, and whether the server may end it before its time. */
interface Idler {
  readonly name: string;
  readonly act?: (raw: RawClient) => Promise<void> | void;
  readonly early?: boolean;
}

/** Opens a plain connection, does `act`, and tells when the server ended it. */
async function endedAfter(fleet: Fleet, { act, early }: Idler): Promise<string> {
  const server = await fleet.server('doors');
  const own = fleet.target.capabilities.ownHandshakeTimeoutMs;
  const timeoutMs = own ?? server.config.handshakeTimeoutMs;
  const raw = await RawClient.open(server.port);
  await act?.(raw);
  const { atMs } = await raw.until('the end of the connection', () => raw.ended, 25_000);
  // Node counts from the first of its looks, and a library's own clock is coarse.
  return inTime('ended', atMs - raw.openedAtMs, early ? 0 : timeoutMs / 2, latestMs(server, 2 * timeoutMs));
}

const request = (method: string, headers = '') => `${method} /healthz HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;

async function keptAlive(raw: RawClient): Promise<void> {
  raw.send(request('GET'));
  await raw.until('an answer', () => raw.head ?? raw.ended);
}

function slowBody(raw: RawClient): void {
  raw.send(request('POST', 'Content-Length: 1000000\r\n'));
  const timer = setInterval(() => (raw.ended ? clearInterval(timer) : raw.send('x')), 50);
}

const idle = (idler: Idler): Row =>
  row('handshakeTimeoutMs', idler.name, 'ended in time', (fleet) => endedAfter(fleet, idler));

/** handshakeTimeoutMs: no connection stays open that is no WebSocket yet. */
export const httpTimeoutRows: readonly Row[] = [
  idle({ name: 'a TCP connection that sends nothing' }),
  idle({ name: 'a plain HTTP connection that is silent after its answer', act: keptAlive }),
  idle({ name: 'a plain HTTP request whose body comes byte by byte', act: slowBody, early: true }),
];
