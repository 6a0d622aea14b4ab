import { decodeHistogram } from '@ws-arena/load/histogram';
import type { LoadResult } from '@ws-arena/load/load-result';
import { defaultSpec } from '@ws-arena/load/load-spec';
import { expect, test } from 'vitest';
import { Recorder } from '../record/recorder.ts';
import { resultOf } from './job-result.ts';

const counts = {
  offered: 10,
  sent: 10,
  expected: 10,
  delivered: 9,
  lost: 1,
  duplicated: 0,
  reordered: 0,
  corrupted: 0,
};

function result(values: Partial<LoadResult>): LoadResult {
  return {
    connections: { asked: 2, opened: 1, failed: { refused: 1 }, closed: {} },
    extensions: '',
    measuredNs: 1e9,
    messages: counts,
    bytes: { wireSent: 1, wireReceived: 2, payloadSent: 3, payloadReceived: 4 },
    handshakes: 1,
    generator: { processes: 1, pids: [1], cpuUserUs: 5, cpuSystemUs: 6, busiest: 0.5, behindSchedule: false },
    warnings: [],
    ...values,
  };
}

function histogram(...values: number[]): string {
  const recorder = new Recorder();
  for (const ns of values) recorder.record(ns);
  return recorder.encode();
}

test('counts are summed, histograms merged, the busiest process named', () => {
  const merged = resultOf(
    defaultSpec,
    [
      {
        result: result({
          latencyIntended: histogram(1, 2),
          connections: { asked: 1, opened: 0, failed: { refused: 1 }, closed: { '1006': 1 } },
        }),
      },
      {
        result: result({
          latencyIntended: histogram(3),
          generator: {
            processes: 1,
            pids: [2],
            cpuUserUs: 1,
            cpuSystemUs: 1,
            busiest: 0.9,
            behindSchedule: true,
          },
        }),
      },
    ],
    false,
  );
  expect(merged.messages).toEqual({ ...counts, offered: 20, sent: 20, expected: 20, delivered: 18, lost: 2 });
  expect(merged.connections).toEqual({ asked: 3, opened: 1, failed: { refused: 2 }, closed: { '1006': 1 } });
  expect(merged.bytes).toEqual({ wireSent: 2, wireReceived: 4, payloadSent: 6, payloadReceived: 8 });
  expect(merged.generator).toEqual({
    processes: 2,
    pids: [1, 2],
    cpuUserUs: 6,
    cpuSystemUs: 7,
    busiest: 0.9,
    behindSchedule: true,
  });
  expect(decodeHistogram(merged.latencyIntended!).totalCount).toBe(3);
  expect(merged.warnings.map((warning) => warning.kind)).toEqual([
    'connect-failed',
    'closed-unexpectedly',
    'lost',
    'behind-schedule',
  ]);
});

test('a broadcast expects what one process sent from the members of all, and takes the last of them', () => {
  const log = (members: number, sent: number, count: number[], lastNs: number[]) => ({
    members: [members],
    sent: [sent],
    count: Uint32Array.from(count),
    lastNs: Float64Array.from(lastNs),
  });
  const merged = resultOf(
    { ...defaultSpec, load: { kind: 'broadcast', ratePerSec: 1 } },
    [
      {
        result: result({ messages: { ...counts, sent: 3, delivered: 6 } }),
        deliveries: log(2, 3, [2, 2, 2], [10, 20, 30]),
      },
      {
        result: result({ messages: { ...counts, sent: 0, delivered: 8 } }),
        deliveries: log(3, 0, [3, 3, 2], [15, 5, 99]),
      },
    ],
    false,
  );
  expect(merged.messages).toMatchObject({ sent: 3, expected: 15, delivered: 14, lost: 1 });
  const last = decodeHistogram(merged.latencyLast!);
  expect([last.totalCount, last.minNonZeroValue, last.maxValue]).toEqual([2, 15, 20]);
});

test('a job that was stopped says so', () => {
  expect(
    resultOf(
      defaultSpec,
      [
        {
          result: result({
            connections: { asked: 1, opened: 1, failed: {}, closed: {} },
            messages: { ...counts, delivered: 10, lost: 0 },
          }),
        },
      ],
      true,
    ).warnings,
  ).toEqual([{ kind: 'stopped-early', detail: 'the job was stopped before its measured window was over' }]);
});
