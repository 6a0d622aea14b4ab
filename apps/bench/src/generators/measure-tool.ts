import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningServer } from '@ws-arena/contract/running-server';
import { readMetrics } from '@ws-arena/contract/suite/metrics-text';
import type { CostRound, ReportedLatency } from '@ws-arena/results/generators-file';
import { metrics as names } from '@ws-arena/server-interface/metric-names';
import { UsageMeter } from '../measure/usage-meter.ts';
import { orAborted } from '../processes/or-aborted.ts';
import { RunningTool } from './running-tool.ts';
import type { EchoLoad, Tool } from './tool.ts';

/** What every generator is measured with. */
export interface Bench {
  /** It counts its messages. */
  readonly server: RunningServer;
  /** The CPUs of the generators. */
  readonly cpus: string | undefined;
  /** Load before a cost is measured: a virtual machine compiles what is hot. */
  readonly warmMs: number;
  readonly windowMs: number;
  readonly freezeMs: number;
  readonly interrupted: AbortSignal;
}

/** A generator that has no connections by then has failed. */
const CONNECT_TIMEOUT_MS = 180_000;
const POLL_MS = 100;

/** What a message costs the generator and the server, over `windowMs` in the midst of a load. @throws Error when the generator ended. */
export async function costOf(
  tool: Tool,
  load: Omit<EchoLoad, 'seconds' | 'timed'>,
  bench: Bench,
): Promise<CostRound> {
  const { server, warmMs, windowMs } = bench;
  // It is ended when all is measured.
  const endless = { ...load, seconds: 600, timed: false };
  return withTool(tool, endless, bench, async (running) => {
    await Promise.race([sleep(warmMs), running.fails()]);
    const meters = [new UsageMeter(() => running.pids()), new UsageMeter(() => [server.pid])];
    const before = await messagesOf(server);
    for (const meter of meters) meter.start();
    const startedMs = performance.now();
    await Promise.race([sleep(windowMs), running.fails()]);
    // In the order in which they began, so that both windows are equally long.
    const messages = (await messagesOf(server)) - before;
    const seconds = (performance.now() - startedMs) / 1000;
    const [own, its] = meters.map((meter) => meter.stop()?.cpuNs);
    if (own === undefined || its === undefined) throw new Error('CPU time wants /proc, which is not here');
    if (messages === 0) throw new Error(`${tool.name} sent nothing`);
    return { generatorNs: own / messages, serverNs: its / messages, messagesPerSec: messages / seconds };
  });
}

/** What the generator reports of a server that stands still for `freezeMs` in the middle of its load. */
export async function freezeSeenBy(
  tool: Tool,
  load: Omit<EchoLoad, 'timed'>,
  bench: Bench,
): Promise<ReportedLatency> {
  const { pid } = bench.server;
  return withTool(tool, { ...load, timed: true }, bench, async (running) => {
    await sleep((load.seconds * 1000) / 3);
    process.kill(pid, 'SIGSTOP');
    try {
      await sleep(bench.freezeMs);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    return running.reported();
  });
}

/** Runs `work` while the generator is at work, from when all its connections stand. */
async function withTool<T>(
  tool: Tool,
  load: EchoLoad,
  bench: Bench,
  work: (running: RunningTool) => Promise<T>,
): Promise<T> {
  const running = await RunningTool.start(tool, load, bench.cpus);
  try {
    await connected(running, load.connections, bench);
    return await orAborted(work(running), bench.interrupted);
  } finally {
    await running.end();
    await connected(undefined, 0, bench);
  }
}

/** Resolves when the server has so many connections. @throws Error when it does not come to that. */
async function connected(
  running: RunningTool | undefined,
  wanted: number,
  { server, interrupted }: Bench,
): Promise<void> {
  const deadline = performance.now() + CONNECT_TIMEOUT_MS;
  const failed = running?.fails();
  for (;;) {
    const open = await Promise.race([readMetrics(server), ...(failed ? [failed] : [])]);
    if (open.get(names.connections.name) === wanted) return;
    interrupted.throwIfAborted();
    if (performance.now() > deadline)
      throw new Error(
        `the server has ${open.get(names.connections.name)} connections after ${CONNECT_TIMEOUT_MS} ms; wanted: ${wanted}`,
      );
    await sleep(POLL_MS);
  }
}

async function messagesOf(server: RunningServer): Promise<number> {
  return (await readMetrics(server)).get(`${names.messages.name}{direction="received"}`) ?? 0;
}
