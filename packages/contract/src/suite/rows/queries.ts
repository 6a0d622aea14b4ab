import { PUSH_EXACT_BYTES, pushPeriodMs } from '@ws-arena/server-interface/push-bounds';
import type { Fleet, SuiteServer } from '../fleet.ts';
import { Peer } from '../peer.ts';
import { type Row, row } from '../row.ts';
import { knockAt } from './doors.ts';
import { counted } from './http.ts';

const { min, max } = pushPeriodMs;
const HUGE = '9223372036854775807';

/** `STATUS each`, or which of the queries got something else. */
async function answers(fleet: Fleet, status: number, queries: readonly string[]): Promise<string> {
  const server = await fleet.server('base');
  const { pathname } = new URL(server.url);
  const limit = server.config.readLimitBytes;
  const asked = queries.map((query) => query.replace('LIMIT+1', `${limit + 1}`).replace('LIMIT', `${limit}`));
  const seen = await Promise.all(asked.map((query) => knockAt(server, pathname, query)));
  const wrong = asked.flatMap((query, i) =>
    seen[i] === String(status) ? [] : [`?${query} gets ${seen[i]}`],
  );
  return wrong.length > 0 ? wrong.join(', ') : `${status} each`;
}

const group = (name: string, status: number, queries: readonly string[]): Row => ({
  about: 'query',
  name,
  expected: () => `${status} each`,
  run: (fleet) => answers(fleet, status, queries),
});

/** What is wrong with the first notifications of a push of its own; undefined when nothing is. */
async function pushed(server: SuiteServer, periodMs: number, bytes?: number): Promise<string | undefined> {
  const query = { push: String(periodMs), ...(bytes !== undefined && { bytes: String(bytes) }) };
  const peer = await Peer.open(server, { query });
  await peer.message(3);
  peer.raw.destroy();
  const texts = peer.messages.slice(0, 3).map(({ data }) => data.toString());
  const pad = bytes === undefined ? '' : ',"pad":"\\.*"';
  const wrong = texts.find(
    (text, seq) =>
      !new RegExp(`^\\{"seq":${seq},"sentAt":\\d{13}${pad}\\}$`).test(text) ||
      (bytes !== undefined && (bytes >= PUSH_EXACT_BYTES ? text.length !== bytes : text.length < bytes)),
  );
  return wrong && `of ${bytes ?? 'no'} bytes: ${wrong}`;
}

async function notifications(fleet: Fleet): Promise<string> {
  const server = await fleet.server('base');
  // Periods that no other row asks for: the sequence is shared by all with the same period and bytes.
  const wrong = await Promise.all([
    pushed(server, 101),
    pushed(server, 102, 40),
    pushed(server, 103, PUSH_EXACT_BYTES),
    pushed(server, 104, server.config.readLimitBytes),
  ]);
  return (
    wrong.find((one) => one !== undefined) ??
    'seq from 0, no pad unless bytes ask for it, at least bytes long'
  );
}

async function refusals(fleet: Fleet): Promise<string> {
  const server = await fleet.own('few');
  const { pathname } = new URL(server.url);
  const seen = [
    await knockAt(server, pathname, 'room='),
    await knockAt(server, pathname, 'push=5'),
    await knockAt(server, '/elsewhere'),
    String((await Peer.knock(server, { headers: { 'Sec-WebSocket-Key': undefined } })).raw.head?.status),
  ];
  const wrong = await counted(server, {
    'ws_rejected_upgrades_total{status="400"}': 3,
    'ws_rejected_upgrades_total{status="404"}': 1,
  });
  await server.stop();
  if (seen.join() !== '400,400,404,400') return `answered ${seen.join()}`;
  return wrong ?? 'each under its status';
}

/** What the query of an upgrade request may ask for, and what is counted when it is refused: see query-doc.ts. */
export const queryRows: readonly Row[] = [
  group('a room without a name, or together with a push', 400, [
    'room=',
    'room',
    'r%6fom=',
    'room=a&push=200',
    'push=200&room=',
  ]),
  group('a push whose period is out of bounds, or no plain number', 400, [
    ...['', '0', '5', min - 1, max + 1, '-200', '200.5', '2e2', '0x20', '%2B200', '200ms', HUGE].map(
      (period) => `push=${period}`,
    ),
    'push',
  ]),
  group('a push whose bytes are above the read limit, negative, or no plain number', 400, [
    ...['LIMIT+1', '1000000000', HUGE, `${HUGE}0`, '-1', '', '1e3', '64.0', '0x40'].map(
      (bytes) => `push=200&bytes=${bytes}`,
    ),
  ]),
  group('a push within its bounds', 101, [
    `push=${min}&bytes=0`,
    `push=${max}`,
    'push=200&bytes=LIMIT',
    'push=0200&bytes=0064',
    'push=200&push=5&bytes=64&bytes=-1',
  ]),
  group('names that ask for nothing', 101, ['', 'bytes=-1', 'room=a&bytes=-1', 'rooms=&pushed=5', 'Push=5']),
  row(
    'push',
    'notifications without bytes, and with 40, 64 and as many as the read limit',
    'seq from 0, no pad unless bytes ask for it, at least bytes long',
    notifications,
  ),
  row('/metrics', 'upgrades refused for their query, path or handshake', 'each under its status', refusals),
];
