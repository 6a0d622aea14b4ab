import { existsSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { hour, names, serving } from '../testing/served.ts';
import { cleanUp } from '../testing/slices.ts';

/* The process that the runner talks to: jobs in, events out, and nothing left behind. */

// Several processes are started one after the other, on whatever machine this is.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
afterEach(cleanUp);

test('jobs one after the other, of every kind of loop, in one warm process', async () => {
  const { served, job } = await serving();
  served.run(job({ load: { kind: 'closed', window: 3 } }), 'first');
  served.run(job({ load: { kind: 'connect', ratePerSec: 0, concurrency: 2 } }), 'second');
  served.run(job({ urls: ['ws://127.0.0.1:1/'] }));
  served.run(job({ load: { kind: 'limit', maxBytes: 300 } }), 'fourth');
  const order = ['connected', 'measuring', 'measured', 'result'];
  expect(names(await served.upTo('result'))).toEqual(order);
  expect(names(await served.upTo('result'))).toEqual(order);
  expect((await served.upTo('error')).at(-1)).toEqual({
    event: 'error',
    id: 'a job',
    message: 'no connection to ws://127.0.0.1:1/ could be opened: refused (4 times)',
  });
  expect((await served.result()).limit).toEqual({ largestBytes: 300, past: 'none' });
});

test.each([1, 2])(
  'hold in %i processes: a step waits for go; pids are those of the generator',
  async (processes) => {
    const { served, job } = await serving();
    const load = { kind: 'hold', steps: [2, 6], rampPerSec: 1000, settleMs: 0, holdMs: 50 } as const;
    served.run(job({ load, processes }));
    expect((await served.upTo('held')).at(-1)).toEqual({ event: 'held', id: 'a job', connections: 2 });
    served.tell({ do: 'go', id: 'a job' });
    expect(await served.hear()).toEqual({ event: 'held', id: 'a job', connections: 6 });
    served.tell({ do: 'go', id: 'a job' });
    const result = await served.result();
    expect(result.connections).toEqual({ asked: 6, opened: 6, failed: {}, closed: {} });
    expect(result.generator.pids).toHaveLength(processes);
  },
);

test.each([1, 2])('hold in %i processes where nobody listens ends at once', async (processes) => {
  const { served, job } = await serving();
  const load = { kind: 'hold', steps: [2000], rampPerSec: 1000, settleMs: hour, holdMs: hour } as const;
  served.run(job({ urls: ['ws://127.0.0.1:1/'], load, processes }));
  expect((await served.upTo('held')).at(-1)).toEqual({ event: 'held', id: 'a job', connections: 0 });
  served.tell({ do: 'go', id: 'a job' });
  const { message } = (await served.upTo('error')).at(-1) as { message: string };
  expect(message).toMatch(/^no connection to .* could be opened: refused \(\d+ times\)$/);
});

test.each([1, 2])(
  'measuring in %i processes: all of them are told, so that they can be metered',
  async (processes) => {
    const { served, job } = await serving();
    served.run(job({ processes }));
    const measuring = (await served.upTo('measuring')).at(-1);
    const workers = (await served.result()).generator.pids;
    const pids = processes === 1 ? workers : [served.child.pid, ...workers];
    expect(measuring).toEqual({ event: 'measuring', id: 'a job', pids });
    expect(new Set(pids).size).toBe(processes === 1 ? 1 : 3);
  },
);

test.each([1, 2])('stop in %i processes: what was measured until then is the result', async (processes) => {
  const { served, job } = await serving();
  served.run(job({ durationMs: hour, processes }));
  await served.upTo('measuring');
  served.tell({ do: 'stop', id: 'a job' });
  const result = await served.result();
  expect(result.warnings.map((warning) => warning.kind)).toContain('stopped-early');
  expect(result.measuredNs).toBeGreaterThan(0);
  expect(result.measuredNs).toBeLessThan(hour * 1e6);
});

test('the loss of a worker is an error that says so, and the next job gets another', async () => {
  const { served, job } = await serving();
  served.run(job({ processes: 2 }));
  const { pids } = (await served.result()).generator;
  served.run(job({ processes: 2, durationMs: hour }));
  await served.upTo('measuring');
  process.kill(pids[0]!, 'SIGKILL');
  expect((await served.upTo('error')).at(-1)).toEqual({
    event: 'error',
    id: 'a job',
    message: `generator process ${pids[0]} ended: SIGKILL`,
  });
  served.run(job({ processes: 2 }));
  expect((await served.result()).generator.pids).not.toContain(pids[0]);
});

test.each(['stdin ends', 'it is killed'])(
  'when %s in the middle of a job, no process is left',
  async (how) => {
    const { served, job } = await serving();
    served.run(job({ processes: 2 }));
    const { pids } = (await served.result()).generator;
    served.run(job({ processes: 2, durationMs: hour }));
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

test.each([
  ['nonsense', '', 'not a command: nonsense'],
  ['{"do":"dance","id":"a"}', 'a', 'unknown command "dance"; wanted: open, slice, close, run, go or stop'],
  ['{"do":"slice","id":"a","slice":{}}', 'a', 'no session a is open'],
  ['{"do":"close","id":"a"}', 'a', 'no session a is open'],
  ['{"do":"go","id":"a"}', 'a', 'no job a is under way'],
  ['{"do":"stop","id":"a"}', 'a', 'no job a is under way'],
])('the line %s is an error, and the next job is done', async (line, id, message) => {
  const { served, job } = await serving();
  served.tell(line);
  expect(await served.hear()).toEqual({ event: 'error', id, message });
  served.run(job({}));
  expect((await served.result()).messages.delivered).toBeGreaterThan(0);
});

test('go and stop of another job change nothing, and a job that is given up leaves the next its own result', async () => {
  const { served, job } = await serving();
  const hold = { kind: 'hold', steps: [2, 4], rampPerSec: 1000, settleMs: 0, holdMs: hour } as const;
  served.run(job({ load: hold }), 'given up');
  served.run(job({ connections: 3 }), 'next');
  await served.upTo('held');
  served.tell({ do: 'go', id: 'other' });
  served.tell({ do: 'stop', id: 'other' });
  expect((await served.hear()).event).toBe('error');
  expect((await served.hear()).event).toBe('error');
  served.tell({ do: 'stop', id: 'given up' });
  const [first, second] = [await served.upTo('result'), await served.upTo('result')];
  expect(new Set(first.map((event) => 'id' in event && event.id))).toEqual(new Set(['given up']));
  expect(new Set(second.map((event) => 'id' in event && event.id))).toEqual(new Set(['next']));
  expect(second.at(-1)).toMatchObject({ result: { connections: { opened: 3 } } });
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
