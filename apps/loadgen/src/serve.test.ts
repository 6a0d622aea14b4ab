import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LoadEvent, LoadResult } from '@ws-arena/load/load-result';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { afterEach, expect, test, vi } from 'vitest';
import { type StubServer, startStub } from './testing/stub-server.ts';

/* The process that the runner talks to: jobs in, events out, and nothing left behind. */

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
// Several processes are started one after the other, on whatever machine this is.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stub: StubServer | undefined;
let served: Served | undefined;
afterEach(async () => {
  await served?.end();
  await stub?.stop();
});

class Served {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    this.child = spawn(process.execPath, [main, '--serve'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.#lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  tell(line: LoadSpec | { go: true } | { stop: true } | string): void {
    this.child.stdin!.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  }

  async hear(): Promise<LoadEvent> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the generator ended');
    return JSON.parse(value) as LoadEvent;
  }

  /** The events up to the one of that name. */
  async upTo(name: LoadEvent['event']): Promise<LoadEvent[]> {
    const events = [await this.hear()];
    while (events.at(-1)!.event !== name) events.push(await this.hear());
    return events;
  }

  async result(): Promise<LoadResult> {
    const last = (await this.upTo('result')).at(-1)!;
    if (last.event !== 'result') throw new Error(last.event);
    return last.result;
  }

  async end(): Promise<number | null> {
    this.child.stdin!.end();
    return this.exited;
  }
}

async function serving(): Promise<{ served: Served; job: (values: Partial<LoadSpec>) => LoadSpec }> {
  stub = await startStub();
  const { url } = stub;
  served = new Served();
  expect(await served.hear()).toEqual({ event: 'ready', pid: served.child.pid });
  return {
    served,
    job: (values) => ({ ...defaultSpec, urls: [url], connections: 4, durationMs: 200, ...values }),
  };
}

const names = (events: readonly LoadEvent[]) => events.map((event) => event.event);
const hour = 3_600_000;

test('jobs one after the other, of every kind of loop, in one warm process', async () => {
  const { served, job } = await serving();
  served.tell(job({ load: { kind: 'closed', window: 3 } }));
  served.tell(job({ load: { kind: 'connect', ratePerSec: 0, concurrency: 2 } }));
  served.tell(job({ urls: ['ws://127.0.0.1:1/'] }));
  served.tell(job({ load: { kind: 'limit', maxBytes: 300 } }));
  const order = ['connected', 'measuring', 'measured', 'result'];
  expect(names(await served.upTo('result'))).toEqual(order);
  expect(names(await served.upTo('result'))).toEqual(order);
  expect((await served.upTo('error')).at(-1)).toEqual({
    event: 'error',
    message: 'no connection to ws://127.0.0.1:1/ could be opened: refused (4 times)',
  });
  expect((await served.result()).limit).toEqual({ largestBytes: 300, past: 'none' });
});

test.each([1, 2])(
  'hold in %i processes: a step waits for go; pids are those of the generator',
  async (processes) => {
    const { served, job } = await serving();
    const load = { kind: 'hold', steps: [2, 6], rampPerSec: 1000, settleMs: 0, holdMs: 50 } as const;
    served.tell(job({ load, processes }));
    expect((await served.upTo('held')).at(-1)).toEqual({ event: 'held', connections: 2 });
    served.tell({ go: true });
    expect(await served.hear()).toEqual({ event: 'held', connections: 6 });
    served.tell({ go: true });
    const result = await served.result();
    expect(result.connections).toEqual({ asked: 6, opened: 6, failed: {}, closed: {} });
    expect(result.generator.pids).toHaveLength(processes);
  },
);

test.each([1, 2])('hold in %i processes where nobody listens ends at once', async (processes) => {
  const { served, job } = await serving();
  const load = { kind: 'hold', steps: [2000], rampPerSec: 1000, settleMs: hour, holdMs: hour } as const;
  served.tell(job({ urls: ['ws://127.0.0.1:1/'], load, processes }));
  expect((await served.upTo('held')).at(-1)).toEqual({ event: 'held', connections: 0 });
  served.tell({ go: true });
  const { message } = (await served.upTo('error')).at(-1) as { message: string };
  expect(message).toMatch(/^no connection to .* could be opened: refused \(\d+ times\)$/);
});

test.each([1, 2])(
  'measuring in %i processes: all of them are told, so that they can be metered',
  async (processes) => {
    const { served, job } = await serving();
    served.tell(job({ processes }));
    const measuring = (await served.upTo('measuring')).at(-1);
    const workers = (await served.result()).generator.pids;
    const pids = processes === 1 ? workers : [served.child.pid, ...workers];
    expect(measuring).toEqual({ event: 'measuring', pids });
    expect(new Set(pids).size).toBe(processes === 1 ? 1 : 3);
  },
);

test.each([1, 2])('stop in %i processes: what was measured until then is the result', async (processes) => {
  const { served, job } = await serving();
  served.tell(job({ durationMs: hour, processes }));
  await served.upTo('measuring');
  served.tell({ stop: true });
  const result = await served.result();
  expect(result.warnings.map((warning) => warning.kind)).toContain('stopped-early');
  expect(result.measuredNs).toBeGreaterThan(0);
  expect(result.measuredNs).toBeLessThan(hour * 1e6);
});

test('the loss of a worker is an error that says so, and the next job gets another', async () => {
  const { served, job } = await serving();
  served.tell(job({ processes: 2 }));
  const { pids } = (await served.result()).generator;
  served.tell(job({ processes: 2, durationMs: hour }));
  await served.upTo('measuring');
  process.kill(pids[0]!, 'SIGKILL');
  expect((await served.upTo('error')).at(-1)).toEqual({
    event: 'error',
    message: `generator process ${pids[0]} ended: SIGKILL`,
  });
  served.tell(job({ processes: 2 }));
  expect((await served.result()).generator.pids).not.toContain(pids[0]);
});

test.each(['stdin ends', 'it is killed'])(
  'when %s in the middle of a job, no process is left',
  async (how) => {
    const { served, job } = await serving();
    served.tell(job({ processes: 2 }));
    const { pids } = (await served.result()).generator;
    served.tell(job({ processes: 2, durationMs: hour }));
    await served.upTo('measuring');
    if (how === 'stdin ends') expect(await served.end()).toBe(0);
    else {
      served.child.kill('SIGKILL');
      await served.exited;
    }
    // A worker sees the end of its coordinator on its channel; it has ended when its entry in /proc has gone.
    while (pids.some((pid) => isRunning(pid))) await new Promise((resolve) => setTimeout(resolve, 10));
  },
);

test('a line that is not JSON is an error, and the next job is done', async () => {
  const { served, job } = await serving();
  served.tell('nonsense');
  expect(await served.hear()).toEqual({ event: 'error', message: 'not a line of JSON: nonsense' });
  served.tell(job({}));
  expect((await served.result()).messages.delivered).toBeGreaterThan(0);
});

/** A process that has ended but was not waited for has no program any more, and counts as ended. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return existsSync(`/proc/${pid}/exe`);
  } catch {
    return false;
  }
}
