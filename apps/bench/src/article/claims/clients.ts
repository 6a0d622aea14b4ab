import { planConnections } from '@ws-arena/infra/machine-limits';
import { readMachine } from '@ws-arena/infra/machine-reading';
import { defaultSpec } from '@ws-arena/load/load-spec';
import type { SliceResult } from '@ws-arena/load/slice';
import { MergedHistogram } from '@ws-arena/report/merged-histogram';
import { residentBytes } from '../../measure/proc.ts';
import { UsageMeter } from '../../measure/usage-meter.ts';
import { clientAddresses } from '../../plan/job-loads.ts';
import type { TestBed } from '../../processes/test-bed.ts';
import { articleServer, goroutinesOf } from '../article-server.ts';
import { bytes, claim, count, doesNotHold, holds, holdsIf, NotTried, share } from '../claim.ts';
import { openLoop } from '../lanes.ts';

const CLIENTS = 50_000;
const HOLD_MS = 12_000;
const STEP_MS = 4000;
/** A second is what a person waits for without a doubt. */
const P99_BOUND_NS = 1e9;

/** All clients on as many servers and generators as descriptors ask for. */
async function openClients(bed: TestBed) {
  const plan = planConnections(readMachine(), 'direct', CLIENTS);
  if (plan.limitedBy) throw new NotTried(`${plan.connections} clients fit here: ${plan.limitedBy.because}`);
  bed.unpin();
  const each = Math.ceil(CLIENTS / plan.instances);
  const groups = Array.from({ length: plan.instances }, async (_, i) => {
    const server = await bed.server('gorilla', { pingPeriodMs: 10_000, pongWaitMs: 40_000 });
    const emptyBytes = residentBytes([server.pid]);
    const generator = await bed.generator();
    const connections = Math.min(each, CLIENTS - i * each);
    const session = await generator.open({
      ...defaultSpec,
      urls: [server.url],
      connections,
      sourceAddresses: clientAddresses(connections),
      handshake: { ...defaultSpec.handshake, timeoutMs: 60_000 },
      load: openLoop(1),
    });
    return { server, emptyBytes, generator, session };
  });
  return Promise.all(groups);
}

export const fiftyThousand = claim({
  id: 'clients-50000',
  part: 'Go',
  says: '50,000 active clients on one ordinary virtual machine are reality.',
  experiment: `${CLIENTS.toLocaleString('en-US')} clients on gorilla, with clients and servers on this machine, in as many processes as descriptors ask for: held for ${HOLD_MS / 1000} s with a ping each 10 s, then active at three rates of 64 B echoes, ${STEP_MS / 1000} s each.`,
  measure: async (bed) => {
    const groups = await openClients(bed);
    const meter = new UsageMeter(() => groups.map(({ server }) => server.pid));
    meter.start();
    await bed.sleep(HOLD_MS);
    const held = meter.stop();
    const grown = groups.reduce(
      (sum, { server, emptyBytes }) => sum + residentBytes([server.pid]) - emptyBytes,
      0,
    );
    const at = async (ratePerSec: number): Promise<SliceResult[]> =>
      Promise.all(
        groups.map(({ generator, session }) =>
          generator.slice(session, {
            load: openLoop((ratePerSec * session.connections) / CLIENTS),
            durationMs: STEP_MS,
            drainMs: 5000,
          }),
        ),
      );
    const steps = [await at(2500), await at(10_000), await at(25_000)];
    const p99 = (slices: readonly SliceResult[]) => {
      const histogram = new MergedHistogram(
        slices.map((load) => ({ load })),
        'intended',
      );
      return { value: histogram.quantileNs(0.99), unit: 'ns', n: histogram.total } as const;
    };
    const opened = groups.reduce((sum, { session }) => sum + session.connections, 0);
    const all = steps.flat();
    const cut = all.reduce((sum, { closed }) => sum + total(closed), 0);
    return {
      'clients that opened, of 50,000': count(opened),
      'cut while held': count(cut),
      'memory of the servers, per client': bytes(grown / Math.max(1, opened), opened),
      'share of one core that the servers use while only pings pass': share(
        (held?.cpuNs ?? 0) / (HOLD_MS * 1e6),
      ),
      'p99 with one message of each client in 20 s (2,500/s)': p99(steps[0]!),
      'p99 with one in 5 s (10,000/s)': p99(steps[1]!),
      'p99 with one in 2 s (25,000/s)': p99(steps[2]!),
      'messages lost in all three': count(all.reduce((sum, { lost }) => sum + lost, 0)),
    };
  },
  judge: (figures) => {
    const opened = figures['clients that opened, of 50,000'].value;
    const cut = figures['cut while held'].value;
    if (opened < CLIENTS || cut > 0)
      return doesNotHold(`${opened} of ${CLIENTS} opened, and ${cut} of them were cut.`);
    if (figures['messages lost in all three'].value > 0)
      return holdsIf('They are idle: messages were lost while they were active.');
    const slowest = figures['p99 with one message of each client in 20 s (2,500/s)'].value;
    if (slowest > P99_BOUND_NS)
      return holdsIf('They are idle: with one message of each in 20 s p99 is over a second.');
    const keeps = (
      [
        ['p99 with one in 2 s (25,000/s)', 'each sends a message in 2 s'],
        ['p99 with one in 5 s (10,000/s)', 'each sends a message in 5 s'],
      ] as const
    ).find(([name]) => figures[name].value <= P99_BOUND_NS);
    return holds(
      `All were held, and p99 stayed below a second while ${keeps?.[1] ?? 'each sends a message in 20 s'}. Clients and servers shared this machine.`,
    );
  },
});

const total = (counts: Readonly<Record<string, number>> = {}): number =>
  Object.values(counts).reduce((sum, n) => sum + n, 0);

const IDLE = 3000;
/** "A few": more than this is not. */
const FEW_BYTES = 10 * 1024;

export const goroutineWeight = claim({
  id: 'goroutine-kilobytes',
  part: 'Go',
  says: 'A goroutine takes only a few kilobytes of memory.',
  experiment: `The article’s server, reduced, with ${IDLE.toLocaleString('en-US')} idle connections: what the Go runtime says of its stacks, and how the process grew.`,
  measure: async (bed) => {
    const server = await bed.server(articleServer());
    const before = { ...(await goroutinesOf(server)), rss: residentBytes([server.pid]) };
    const generator = await bed.generator();
    const { connections } = await generator.open({ ...defaultSpec, urls: [server.url], connections: IDLE });
    await bed.sleep(1000);
    const after = await goroutinesOf(server);
    const goroutines = after.goroutines - before.goroutines;
    return {
      'goroutines of a connection': count(goroutines / connections, connections),
      'stack of a goroutine': bytes((after.stackBytes - before.stackBytes) / goroutines, goroutines),
      'memory of a connection': bytes((residentBytes([server.pid]) - before.rss) / connections, connections),
    };
  },
  judge: (figures) => {
    const [stack, whole] = [figures['stack of a goroutine'].value, figures['memory of a connection'].value];
    if (stack > FEW_BYTES) return doesNotHold(`The stack alone takes ${Math.round(stack / 1024)} KiB.`);
    return whole <= FEW_BYTES
      ? holds('Stacks are small, and so is a whole connection.')
      : holdsIf(
          `You mean its stack. A connection of the article’s server takes ${Math.round(whole / 1024)} KiB: two goroutines and the buffers of net/http and gorilla.`,
        );
  },
});
