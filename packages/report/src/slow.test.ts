import { emptyHistogram, encodeHistogram } from '@ws-arena/load/histogram';
import type { CourseSample, Trial } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { slowFigures } from './slow.ts';

const MIB = 2 ** 20;
const sample = (atMs: number, connections: number, mebibytes: number): CourseSample => ({
  ...{ atMs, connections, cuts: 50 - connections, serverRssBytes: mebibytes * MIB, proxyRssBytes: 9 * MIB },
});

function trialOf(reads: string, course: readonly CourseSample[]): Trial {
  const histogram = emptyHistogram();
  histogram.recordValueWithCount(3_000_000, 100);
  return {
    ...{ type: 'trial', round: 0, startedAt: '', elapsedMs: 0, warnings: [], course },
    case: { scenario: 'slow', target: 'ws', route: 'nginx', params: { members: 50, slow: 5, reads } },
    load: {
      connections: { asked: 45, opened: 45, failed: {}, closed: {} },
      ...{ extensions: '', measuredNs: 5e9, handshakes: 45, warnings: [] },
      messages: {
        ...{ offered: 10, sent: 10, expected: 450, delivered: 450, lost: 0 },
        ...{ duplicated: 0, reordered: 0, corrupted: 0 },
      },
      bytes: { wireSent: 0, wireReceived: 0, payloadSent: 0, payloadReceived: 0 },
      generator: { processes: 1, pids: [], cpuUserUs: 0, cpuSystemUs: 0, busiest: 0, behindSchedule: false },
      latencyIntended: encodeHistogram(histogram),
      slow: { members: 5, got: 7, dropped: 2, ended: 3 },
    },
  };
}

const valuesOf = (trial: Trial) =>
  Object.fromEntries(slowFigures([trial]).map(({ metric, values }) => [metric, values.get(0)]));

test('slow members are cut when the last of them is; memory is the most above the beginning', () => {
  const course = [sample(100, 50, 80), sample(200, 47, 95), sample(300, 45, 90), sample(400, 45, 85)];
  expect(valuesOf(trialOf('nothing', course))).toMatchObject({
    untilCut: 300e6,
    slowCut: 5,
    slowDropped: 2,
    serverGrew: 15 * MIB,
    proxyGrew: 0,
    messagesLost: 0,
  });
});

test('where one is left there is no time, and a room without slow members has none', () => {
  const course = [sample(100, 50, 80), sample(200, 46, 80)];
  expect(valuesOf(trialOf('trickle', course))).not.toHaveProperty('untilCut');
  expect(valuesOf(trialOf('trickle', course))).toMatchObject({ slowCut: 4 });
  const without = valuesOf(trialOf('all', [sample(100, 45, 80)]));
  expect(without).not.toHaveProperty('untilCut');
  expect(without).not.toHaveProperty('slowCut');
});
