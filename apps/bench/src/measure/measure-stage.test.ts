// The order of a stage and its clean-up, proven with sessions that only write down what is asked of them.
import { targetNamed } from '@ws-arena/contract/targets';
import { bucketOf } from '@ws-arena/load/buckets';
import type { SliceResult } from '@ws-arena/load/slice';
import type { SliceLine } from '@ws-arena/results/slice-line';
import type { Case } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { benchConfig } from '../plan/bench-config.ts';
import { stagesOf } from '../plan/stages.ts';
import { measureStage, type Stagehand } from './measure-stage.ts';
import type { Session } from './session.ts';

const good = (ms: number): SliceResult => ({
  wallNs: 1e6,
  offered: 10,
  sent: 10,
  delivered: 10,
  lost: 0,
  duplicated: 0,
  reordered: 0,
  corrupted: 0,
  wireSent: 0,
  wireReceived: 0,
  payloadReceived: 0,
  late: 0,
  lagP99Ns: 0,
  intended: [bucketOf(ms * 1e6), 10],
  actual: [bucketOf(ms * 1e6), 10],
});

interface Fake {
  /** What happened, in order: `open ws`, `slice ws 10000`, `close ws`. */
  readonly log: string[];
  readonly lines: SliceLine[];
  readonly notes: string[];
  /** The answer to a slice; throws for a slice that fails. */
  answer: (target: string, ratePerSec: number) => SliceResult;
  dead: string | undefined;
  readonly interruption: AbortController;
}

const names = ['ws', 'uws', 'socketio'];

function fake(): Fake {
  return {
    log: [],
    lines: [],
    notes: [],
    answer: () => good(1),
    dead: undefined,
    interruption: new AbortController(),
  };
}

/** @param targetMs 0 takes one block, as `smoke` does. */
async function runStage(made: Fake, rates: readonly number[], targetMs: number, before: SliceLine[] = []) {
  const minBlocks = targetMs === 0 ? 1 : 16;
  const config = { ...benchConfig({ targets: 'ws,uws,socketio' }), targetMs, minBlocks };
  const cases = rates.flatMap((ratePerSec) =>
    names.map(
      (target): Case => ({
        scenario: 'load',
        target,
        route: 'direct',
        params: { connections: 1, payloadBytes: 64, ratePerSec, burst: 1 },
      }),
    ),
  );
  const hand: Stagehand = {
    config,
    pinning: { sentence: 'not pinned' },
    interrupted: made.interruption.signal,
    pids: () => [],
    stopIdle: () => made.log.push('stop idle'),
    open: async (_, { name }): Promise<Session> => {
      made.log.push(`open ${name}`);
      return {
        roles: () => ({ server: [], generator: [] }),
        death: async () =>
          made.dead === name ? { who: 'server', sentence: `the ${name} server was killed` } : undefined,
        slice: async ({ load }) => {
          const rate = 'ratePerSec' in load ? load.ratePerSec : 0;
          made.log.push(`slice ${name} ${rate}`);
          return made.answer(name, rate);
        },
        close: async () => void made.log.push(`close ${name}`),
      };
    },
  };
  const targets = new Map(names.map((name) => [name, targetNamed(name)!]));
  const [stage] = stagesOf(cases, config);
  await measureStage(
    hand,
    stage!,
    { cases, targets, before, startedMs: performance.now() },
    {
      slice: (line) => made.lines.push(line),
      pass() {},
      note: (sentence) => made.notes.push(sentence),
    },
  );
  return cases;
}

test('everything is open before the first slice, and closed after the last', async () => {
  const made = fake();
  await runStage(made, [10], 0);
  expect(made.log.slice(0, 4)).toEqual(['open ws', 'open uws', 'open socketio', 'stop idle']);
  expect(made.log.slice(-3).sort()).toEqual(['close socketio', 'close uws', 'close ws']);
});

test('in each block every target has one slice, and the groups take turns', async () => {
  const made = fake();
  await runStage(made, [10, 20], 1);
  const blocks = Map.groupBy(made.lines, (line) => `${Math.floor(line.case / 3)} ${line.block}`);
  expect(blocks.size).toBeGreaterThanOrEqual(2 * 6);
  for (const lines of blocks.values()) expect(lines.map((line) => line.case % 3).sort()).toEqual([0, 1, 2]);
  const order = [...blocks.keys()].slice(0, 4);
  expect(order).toEqual(['0 0', '1 0', '0 1', '1 1']);
});

test('nothing is recorded while everything warms up', async () => {
  const made = fake();
  await runStage(made, [10], 0);
  expect(made.log.filter((line) => line.startsWith('slice'))).toHaveLength(6);
  expect(made.lines).toHaveLength(3);
});

test('a target that breaks at a rate is not asked for it again, nor for a higher one; the others are', async () => {
  const made = fake();
  made.answer = (name, rate) => good(name === 'socketio' && rate >= 20 ? 500 : 1);
  const cases = await runStage(made, [10, 20, 30], 1);
  const count = (name: string, rate: number) =>
    made.lines.filter(({ case: index }) => {
      const { target, params } = cases[index]!;
      return target === name && params.ratePerSec === rate;
    }).length;
  expect(count('socketio', 10)).toBeGreaterThanOrEqual(6);
  expect([count('socketio', 20), count('socketio', 30)]).toEqual([3, 3]);
  expect(count('ws', 30)).toBeGreaterThanOrEqual(6);
});

test('the death of a server is its case’s error, in its words; it is started again, and the others go on', async () => {
  const made = fake();
  let slices = 0;
  made.answer = (name) => {
    if (name !== 'uws') return good(1);
    slices += 1;
    made.dead = undefined;
    if (slices !== 4) return good(1);
    made.dead = 'uws';
    throw new Error('no connection could be opened: reset');
  };
  await runStage(made, [10], 1);
  const errors = made.lines.filter(({ error }) => error !== undefined);
  expect(errors.map(({ error }) => error)).toEqual(['the uws server was killed during load (direct)']);
  expect(made.notes).toEqual(['uws load direct: the uws server was killed during load (direct)']);
  expect(made.log.filter((line) => line === 'open uws')).toHaveLength(2);
  expect(made.log.filter((line) => line === 'close uws')).toHaveLength(2);
  expect(made.lines.filter((line) => line.case === 1 && !line.error).length).toBeGreaterThanOrEqual(6);
});

test('a target that always fails is left out after three tries, and the stage comes to its end', async () => {
  const made = fake();
  made.answer = (name) => {
    if (name === 'ws') throw new Error('it does not answer');
    return good(1);
  };
  await runStage(made, [10, 20], 1);
  const failures = made.lines.filter(({ error }) => error !== undefined);
  expect(failures.every(({ error }) => error === 'it does not answer')).toBe(true);
  expect(made.log.filter((line) => line === 'open ws').length).toBeLessThanOrEqual(4);
  expect(made.lines.filter((line) => line.case === 1).length).toBeGreaterThanOrEqual(6);
});

test('a server that returns nothing is a failure, not a measurement', async () => {
  const made = fake();
  made.answer = (name) => (name === 'ws' ? { ...good(1), delivered: 0, lost: 10 } : good(1));
  await runStage(made, [10], 0);
  expect(made.lines.find((line) => line.case === 0)!.error).toBe(
    'nothing came back of 10 sent during load (direct)',
  );
});

test('an interruption ends the stage with what was measured, and closes everything', async () => {
  const made = fake();
  made.answer = () => {
    if (made.lines.length === 4) made.interruption.abort(new Error('interrupted'));
    return good(1);
  };
  await runStage(made, [10], 60_000);
  expect([4, 5]).toContain(made.lines.length);
  expect(made.log.slice(-3).sort()).toEqual(['close socketio', 'close uws', 'close ws']);
});

test('a resumed stage goes on with the next block, and one that is done is not opened', async () => {
  const made = fake();
  await runStage(made, [10], 1);
  const earlier = [...made.lines];
  const again = fake();
  await runStage(again, [10], 1, earlier);
  expect(again.log).toEqual([]);
  const more = fake();
  await runStage(
    more,
    [10],
    1,
    earlier.filter(({ block }) => block < 4),
  );
  expect(Math.min(...more.lines.map(({ block }) => block))).toBe(4);
});

test('when every group has its blocks, those that a need is taken from come first', async () => {
  const rates = [10, 20, 30];
  const first = fake();
  first.answer = () => {
    if (first.lines.length === 16 * 9) first.interruption.abort(new Error('interrupted'));
    return good(1);
  };
  await runStage(first, rates, 60_000);
  const made = fake();
  made.answer = (_, rate) => {
    if (made.lines.length === 12) made.interruption.abort(new Error('interrupted'));
    // At 30 one breaks, so 20 is what all keep.
    return good(rate === 30 ? 500 : 1);
  };
  const broken = first.lines.map((line) => (line.case < 6 ? line : { ...line, load: good(500) }));
  const cases = await runStage(made, rates, 60_000, broken);
  expect(made.lines.length).toBeGreaterThanOrEqual(12);
  expect(new Set(made.lines.map((line) => cases[line.case]!.params.ratePerSec))).toEqual(new Set([20]));
});
