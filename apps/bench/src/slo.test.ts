import { emptyHistogram, encodeHistogram } from '@ws-arena/load/histogram';
import type { LoadResult } from '@ws-arena/load/load-result';
import { defaultSpec, type OpenLoad } from '@ws-arena/load/load-spec';
import { expect, test } from 'vitest';
import { nextLevel, SLO_PRECISION, type SloProbe, searchSlo } from './slo.ts';

/** A server that answers within 1 ms up to `capacity` messages a second, and in 1 s above it. */
const serverOf =
  (capacity: number, behindFrom = Number.POSITIVE_INFINITY): SloProbe =>
  async (spec) => {
    const rate = (spec.load as OpenLoad).ratePerSec;
    const histogram = emptyHistogram();
    histogram.recordValue(rate <= capacity ? 1e6 : 1e9);
    const load = {
      measuredNs: 1e9,
      messages: { lost: 0 },
      latencyIntended: encodeHistogram(histogram),
      generator: { behindSchedule: rate >= behindFrom },
    };
    return { load: load as LoadResult };
  };

const search = (probe: SloProbe) => searchSlo(defaultSpec, { p99BoundMs: 10 }, probe);

test.each([300, 4000, 12_345, 1_000_000])(
  'finds a capacity of %d/s to the stated precision',
  async (capacity) => {
    const { slo, warnings } = await search(serverOf(capacity));
    expect(slo!.ratePerSec).toBeLessThanOrEqual(capacity);
    expect(slo!.ratePerSec! * (1 + SLO_PRECISION) * 1.001).toBeGreaterThanOrEqual(capacity);
    expect(warnings).toEqual([]);
  },
);

test('where the generator falls behind first, the figure is a lower bound and says so', async () => {
  const { slo, warnings } = await search(serverOf(1_000_000, 50_000));
  expect(slo!.ratePerSec).toBeLessThan(50_000);
  expect(warnings.map((warning) => warning.kind)).toEqual(['behind-schedule']);
});

test('a server that never keeps the bound ends the search', async () => {
  const { slo } = await search(serverOf(0));
  expect(slo!.ratePerSec).toBe(0);
  expect(slo!.steps.length).toBeLessThan(14);
});

test('where to look next', () => {
  expect([nextLevel(0, 4000), nextLevel(4000, Number.POSITIVE_INFINITY), nextLevel(4000, 8000)]).toEqual([
    1000, 8000, 5657,
  ]);
});
