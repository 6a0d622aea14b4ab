import type { Run } from '@ws-arena/results/run-file';
import type { Case } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { summarize } from './summarize.ts';
import { sampleRun } from './testdata/sample-run.ts';
import { sliceOf } from './testdata/slice.ts';
import { upstreamSection } from './view/upstream-tables.ts';

const BLOCKS = 20;
/** What the server takes over a Unix socket, of what it takes over TCP. */
const shares = { ws: 0.8, uws: 1, gorilla: 1 };

/** Handshakes of three targets, over TCP and over Unix sockets. */
function bothWays(): Run {
  const run = sampleRun({ scenarios: ['connect'], targets: ['ws', 'uws', 'gorilla'], blocks: 1 });
  const cases = Object.keys(shares).flatMap((target) =>
    ['tcp', 'unix'].map(
      (upstream): Case => ({
        ...{ scenario: 'connect', target, route: 'nginx' },
        params: { ratePerSec: 500, upstream },
      }),
    ),
  );
  const slices = Array.from({ length: BLOCKS }, (_, block) => {
    // The machine drifts, and takes all of them with it.
    const drift = 1 + block / BLOCKS;
    return Object.values(shares).flatMap((share, index) => [
      sliceOf({ case: 2 * index, block, server: 0.1 * drift, proxy: 0.1 * drift }),
      sliceOf({ case: 2 * index + 1, block, server: 0.1 * drift * share, proxy: 0.1 * drift * share }),
    ]);
  });
  return { ...run, header: { ...run.header, cases }, slices: slices.flat(), trials: [] };
}

test('a Unix socket is held against TCP in the same blocks', () => {
  const { upstreamCosts } = summarize(bothWays());
  const cpuOf = (target: string) =>
    upstreamCosts.find((cost) => cost.target === target && cost.metric === 'cpuServing')!;
  expect(cpuOf('ws').ratio.center).toBeCloseTo(0.8);
  expect(cpuOf('ws').verdict).toBe('better');
  expect(cpuOf('uws').verdict).toBe('equal');
  expect(new Set(upstreamCosts.map(({ params }) => params.upstream))).toEqual(new Set(['unix']));
});

test('one line says which is cheaper, and by how much', () => {
  const { list, tables } = upstreamSection(summarize(bothWays()));
  expect(list).toEqual([
    'Handshakes, through Nginx, 500/s: server + proxy CPU per handshake over a Unix socket is 20 % lower (ratio 0.8 to 0.8) for ws, equal for uws and gorilla.',
  ]);
  expect(tables.map(({ title }) => title)).toEqual(['Handshakes, through Nginx, 500/s']);
  expect(upstreamSection(summarize(sampleRun({ blocks: 6 }))).list).toEqual([]);
});
