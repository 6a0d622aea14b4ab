import { bucketOf, sparse } from '@ws-arena/load/buckets';
import type { LadderStep } from '@ws-arena/results/report-file';
import { describe, expect, test } from 'vitest';
import { capacityOf, judgeStep } from './capacity.ts';
import { type SliceChange, sliceOf } from './testdata/slice.ts';

const bounds = { p99BoundMs: 10, sharedCore: false };

describe('one step', () => {
  test.each<[string, string, string | undefined, readonly SliceChange[]]>([
    ['all is well', 'keeps', undefined, [{}, {}]],
    ['p99 above the bound', 'breaks', 'p99 was above 10 ms', [{ intendedMs: 12 }]],
    ['a message was lost', 'breaks', '1 of 2000 messages was lost', [{}, { load: { lost: 1 } }]],
    ['two were', 'breaks', '2 of 2000 messages were lost', [{ load: { lost: 1 } }, { load: { lost: 1 } }]],
    ['connections ended', 'breaks', '3 connections ended', [{ load: { closed: { '1006': 2, '1001': 1 } } }]],
    ['the server died', 'breaks', 'uws ended (SIGSEGV)', [{}, { error: 'uws ended (SIGSEGV)' }]],
    ['the generator was saturated', 'generator', 'the generator was saturated', [{ generator: 0.99 }]],
    [
      'saturated, and messages were lost: whose fault is open',
      'generator',
      'the generator was saturated',
      [{ generator: 0.99, load: { lost: 5 } }],
    ],
    ['2 % of the sends were late', 'generator', 'the generator was late', [{ load: { late: 20 } }]],
    ['5 of 1,000 were', 'keeps', undefined, [{ load: { late: 5 } }]],
    ['sends were left out', 'generator', 'the generator was late', [{ load: { sent: 999 } }]],
    [
      'its lateness alone takes p99 over the bound',
      'generator',
      'the generator was late',
      [{ intendedMs: 12, actualMs: 2 }],
    ],
    [
      'a saturated server that keeps its bound in short slices',
      'undecided',
      'server saturated: a longer load might break it',
      [{ server: 0.99 }],
    ],
    [
      'a saturated server whose slices take longer than their load was offered for',
      'breaks',
      'the saturated server took 20 % longer than the load was offered for',
      [{ server: 0.99, durationMs: 200, load: { wallNs: 2.4e8 } }],
    ],
    [
      'saturated in slices that lasted as long as they should, with few messages by chance',
      'undecided',
      'server saturated: a longer load might break it',
      [{ server: 0.99, durationMs: 200, load: { wallNs: 2e8, offered: 900, sent: 900 } }],
    ],
    [
      'one such slice of three',
      'undecided',
      'server saturated: a longer load might break it',
      [
        { server: 0.99, durationMs: 200, load: { wallNs: 2.4e8 } },
        ...Array(2).fill({ server: 0.99, durationMs: 200, load: { wallNs: 2e8 } }),
      ],
    ],
    [
      'an idle server that answers its last message late',
      'keeps',
      undefined,
      [{ durationMs: 200, load: { wallNs: 2.4e8 } }],
    ],
  ])('%s: %s', (_what, outcome, reason, changes) => {
    const step = judgeStep(5000, changes.map(sliceOf), bounds);
    expect(step).toMatchObject({ ratePerSec: 5000, outcome });
    expect(step.reason).toBe(reason);
  });

  test('nothing ended well: it broke, for the reason of the first', () => {
    const { load: _load, usage: _usage, ...bare } = sliceOf({ error: 'ws ended' });
    expect(judgeStep(5000, [bare], bounds)).toMatchObject({ outcome: 'breaks', reason: 'ws ended' });
    expect(judgeStep(5000, [], bounds)).toMatchObject({ outcome: 'breaks', reason: 'nothing was measured' });
  });

  describe('p99 is that of all slices together, wherever the slow messages are', () => {
    const tail = (slow: number) => {
      const counts = new Map([
        [bucketOf(1e6), 1000 - slow],
        [bucketOf(5e7), slow],
      ]);
      const intended = sparse(counts);
      return sliceOf({ load: { intended, actual: intended } });
    };
    const fast = Array.from({ length: 9 }, () => sliceOf());

    test('1 % of them may be slow', () => {
      expect(judgeStep(5000, [tail(100), ...fast], bounds).outcome).toBe('keeps');
    });

    test('more than that in few slices is undecided: the machine may have stalled', () => {
      expect(judgeStep(5000, [tail(101), ...fast], bounds)).toMatchObject({
        ...{ outcome: 'undecided', reason: 'p99 was above 10 ms in 1 of 10 slices' },
      });
    });

    test('in most slices it broke', () => {
      const most = Array.from({ length: 10 }, () => tail(200));
      expect(judgeStep(5000, [...most, ...fast], bounds)).toMatchObject({
        ...{ outcome: 'breaks', reason: 'p99 was above 10 ms in 10 of 19 slices' },
      });
    });
  });

  test('it says who was saturated', () => {
    expect(judgeStep(5000, [sliceOf({ server: 0.99, intendedMs: 99 })], bounds).limiter).toBe('server');
    const pair = sliceOf({ server: 0.5, proxy: 0.49, intendedMs: 99 });
    expect(judgeStep(5000, [pair], { ...bounds, sharedCore: true }).limiter).toBe('server+proxy');
  });
});

describe('over the ladder', () => {
  const step = (ratePerSec: number, outcome: LadderStep['outcome']): LadderStep => ({
    ...{ ratePerSec, outcome },
    limiter: outcome === 'breaks' ? 'server' : 'none',
  });

  test.each<[string, readonly LadderStep[], ReturnType<typeof capacityOf>]>([
    [
      'between the highest kept and the lowest broken',
      [step(1, 'keeps'), step(2, 'keeps'), step(4, 'breaks'), step(8, 'breaks')],
      { kept: 2, broken: 4, limiter: 'server' },
    ],
    [
      'in any order',
      [step(8, 'breaks'), step(2, 'keeps'), step(4, 'breaks'), step(1, 'keeps')],
      { kept: 2, broken: 4, limiter: 'server' },
    ],
    [
      'the generator ended it',
      [step(1, 'keeps'), step(2, 'generator')],
      { kept: 1, broken: null, limiter: 'generator' },
    ],
    ['the ladder ended', [step(1, 'keeps'), step(2, 'keeps')], { kept: 2, broken: null, limiter: null }],
    ['nothing was kept', [step(1, 'breaks')], { kept: null, broken: 1, limiter: 'server' }],
    [
      'the generator was late throughout',
      [step(1, 'generator')],
      { kept: null, broken: null, limiter: 'generator' },
    ],
    [
      'a stall at a lower rate is not the limit',
      [step(1, 'keeps'), step(2, 'breaks'), step(4, 'keeps'), step(8, 'breaks')],
      { kept: 4, broken: 8, limiter: 'server' },
    ],
    [
      'a rate that the generator was late for widens the gap',
      [step(1, 'keeps'), step(2, 'generator'), step(4, 'breaks')],
      { kept: 1, broken: 4, limiter: 'server' },
    ],
    [
      'so does one that stays open',
      [step(1, 'keeps'), step(2, 'undecided'), step(4, 'breaks')],
      { kept: 1, broken: 4, limiter: 'server' },
    ],
    ['no steps', [], { kept: null, broken: null, limiter: null }],
  ])('%s', (_what, steps, capacity) => {
    expect(capacityOf(steps)).toEqual(capacity);
  });
});
