import type { RunningServer } from '@ws-arena/contract/running-server';
import { residentBytes } from '../../measure/proc.ts';
import type { TestBed } from '../../processes/test-bed.ts';
import { articleServer, goroutinesOf } from '../article-server.ts';
import { bytes, claim, count, doesNotHold, holds, holdsIf } from '../claim.ts';

const CLIENTS = 5;
const PONG_WAIT_MS = 2000;
const MESSAGE_BYTES = 60_000;
/** More than the buffers of the kernel take, in both directions. */
const FLOOD_BYTES = 24 << 20;

/** Goroutines and memory that one client keeps: while it sends and does not read, and after it has gone. */
async function stalled(bed: TestBed, ...args: readonly string[]) {
  const times = [`-pong-wait=${PONG_WAIT_MS}ms`, '-ping-period=500ms'];
  const server = await bed.server(articleServer(...times, ...args));
  const before = { ...(await goroutinesOf(server)), rss: residentBytes([server.pid]) };
  const peers = await bed.peers(CLIENTS, server);
  for (const peer of peers) {
    peer.raw.pause();
    const message = peer.encode('x'.repeat(MESSAGE_BYTES));
    for (let sent = 0; sent < FLOOD_BYTES; sent += message.length) peer.raw.send(message);
  }
  // Long past the time in which a peer without pongs is to be cut.
  await bed.sleep(4 * PONG_WAIT_MS);
  const stuck = await perClient(server, before.goroutines);
  const rss = (residentBytes([server.pid]) - before.rss) / CLIENTS;
  for (const peer of peers) peer.raw.destroy();
  await bed.sleep(PONG_WAIT_MS);
  return { stuck, rss, left: await perClient(server, before.goroutines) };
}

async function perClient(server: RunningServer, before: number): Promise<number> {
  return Math.max(0, Math.round(((await goroutinesOf(server)).goroutines - before) / CLIENTS));
}

export const writeDeadline = claim({
  id: 'write-deadline',
  part: 'Deadlines',
  idle: true,
  says: 'Always set deadlines: without one WriteMessage may hang for ever, and goroutines leak.',
  experiment: `The article’s server, reduced, in three forms: without a write deadline, with it (1 s), and with it and a writer that ends its reader. ${CLIENTS} clients send 24 MiB each and read nothing, for four pongWaits (2 s); then they go.`,
  measure: async (bed) => {
    const deadline = '-write-wait=1s';
    const [none, asWritten, whole] = await Promise.all([
      stalled(bed),
      stalled(bed, deadline),
      stalled(bed, deadline, '-together'),
    ]);
    return {
      'no deadline: stuck goroutines of a client': count(none.stuck, CLIENTS),
      'no deadline: memory of a client': bytes(Math.max(0, none.rss), CLIENTS),
      'no deadline: left of a client that has gone': count(none.left, CLIENTS),
      'with the article’s deadline: stuck goroutines of a client': count(asWritten.stuck, CLIENTS),
      'with it: left of a client that has gone': count(asWritten.left, CLIENTS),
      'with it, and the reader ended too: stuck goroutines of a client': count(whole.stuck, CLIENTS),
    };
  },
  judge: (figures) => {
    const none = figures['no deadline: stuck goroutines of a client'].value;
    const asWritten = figures['with the article’s deadline: stuck goroutines of a client'].value;
    const whole = figures['with it, and the reader ended too: stuck goroutines of a client'].value;
    if (none === 0) return doesNotHold('Nothing was stuck without a deadline.');
    if (asWritten === 0)
      return holds('Without the deadline they are stuck past every pongWait; with it none is.');
    return whole === 0
      ? holdsIf(
          `The writer that gives up ends its reader too. As the article writes it, ${asWritten} goroutine of each such client stays: the reader waits to hand on a message that nobody takes, so it does not come to its read deadline either.`,
        )
      : doesNotHold('Goroutines were stuck with a deadline in every form.');
  },
});
