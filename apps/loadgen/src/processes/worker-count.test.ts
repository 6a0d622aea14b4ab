import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { expect, test } from 'vitest';
import { descriptorLimit, workerCount } from './worker-count.ts';

const spec = (values: Partial<LoadSpec>): LoadSpec => ({ ...defaultSpec, ...values });
const hold = (...steps: number[]) =>
  ({ kind: 'hold', steps, rampPerSec: 1, settleMs: 0, holdMs: 0 }) as const;

test.each<[Partial<LoadSpec>, number]>([
  [{ processes: 0, connections: 100 }, 1],
  [{ processes: 0, connections: 19_800 }, 1],
  [{ processes: 0, connections: 19_801 }, 2],
  [{ processes: 0, load: hold(10, 1_000_000) }, 51],
  [{ processes: 4, connections: 100 }, 4],
  [{ processes: 4, connections: 3 }, 3],
  [{ processes: 2, load: { kind: 'limit', maxBytes: 9 } }, 1],
  [{ processes: 1, connections: 0, load: { kind: 'receive' } }, 1],
])('%j with 20,000 descriptors each: %i', (values, workers) => {
  expect(workerCount(spec(values), 20_000)).toBe(workers);
});

test('too few processes are refused with the figures', () => {
  expect(() => workerCount(spec({ processes: 1, connections: 30_000 }), 20_000)).toThrow(
    /30000 connections need 2 generator processes.*20000 descriptors.*processes is 1; wanted: 0/,
  );
});

test('a broadcast that waits for every member is one process', () => {
  const load = { kind: 'broadcast', ratePerSec: 0 } as const;
  expect(() => workerCount(spec({ load, processes: 2, connections: 10 }), 20_000)).toThrow(
    /runs in one process/,
  );
});

test('rooms without a member in each process are refused', () => {
  const load = { kind: 'broadcast', ratePerSec: 10, rooms: 10 } as const;
  expect(() => workerCount(spec({ load, processes: 2, connections: 19 }), 20_000)).toThrow(
    /^19 connections cannot fill 10 rooms in 2 processes.*wanted: at least 20 connections$/,
  );
  expect(workerCount(spec({ load, processes: 2, connections: 20 }), 20_000)).toBe(2);
});

test.each<[Partial<LoadSpec>, RegExp]>([
  [
    { processes: 1, connections: 80_000 },
    /^80000 connections need 3 generator processes on each of 2 agents, for/,
  ],
  [
    { load: { kind: 'broadcast', ratePerSec: 0 }, connections: 10 },
    /wanted: a ratePerSec above 0, or 1 agent$/,
  ],
])('%j on two agents', (values, sentence) => {
  expect(() => workerCount(spec(values), 20_000, 2)).toThrow(sentence);
});

test('the descriptor limit is read from the system', () => {
  expect(descriptorLimit()).toBeGreaterThan(200);
});
