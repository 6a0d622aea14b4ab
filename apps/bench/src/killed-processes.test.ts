import { redisHere } from '@ws-arena/infra/testing/redis-here';
import { expect, test } from 'vitest';
import { Bench, folder, hasProc, slicesIn, until } from './testing/bench-process.ts';

if (!hasProc) console.warn('skipped: processes killed in the middle of a scenario: no /proc here');

/** Blocks are measured until somebody has had the time to disturb them. */
const long = ['--seconds', '60', '--precision', '1'];
const asked = (scenario: string, route: string, targets: string, out: string) => [
  ...['--preset', 'smoke', '--scenarios', scenario, '--routes', route, '--targets', targets, '--out', out],
];

/** The pids of a bench's processes whose command line has `part`, the oldest first. */
const pidsOf = (bench: Bench, part: string) =>
  bench
    .processes()
    .filter(({ command }) => command.includes(part))
    .map(({ pid }) => pid)
    .sort((a, b) => a - b);

/** Kills one process after the other, each when slices go well again; resolves to what each of them was called. */
async function killedOneByOne(bench: Bench, out: string, victims: readonly (() => number | undefined)[]) {
  const errors: string[] = [];
  for (const victim of victims) {
    const blocks = () => slicesIn(out).filter(({ error }) => !error).length;
    const before = blocks();
    await until('slices that go well', () => blocks() > before + 2);
    const known = slicesIn(out).filter(({ error }) => error).length;
    process.kill(await until('the process', victim), 'SIGKILL');
    const marked = await until('its mark', () => slicesIn(out).filter(({ error }) => error)[known]);
    errors.push(marked.error!);
  }
  const seen = slicesIn(out).length;
  await until('slices after it', () =>
    slicesIn(out)
      .slice(seen)
      .some(({ error }) => !error),
  );
  bench.child.kill('SIGINT');
  expect(await bench.ended(), bench.stderr).toBe(130);
  expect(bench.processes()).toEqual([]);
  return errors;
}

test.runIf(hasProc && redisHere)(
  'rooms: an instance and the generator are named, and the run goes on',
  async () => {
    const out = folder();
    const bench = new Bench([...asked('rooms', 'direct', 'ws', out), ...long, '--instances', '3']);
    const errors = await killedOneByOne(bench, out, [
      () => pidsOf(bench, '/ws-server/').at(-1),
      () => pidsOf(bench, 'loadgen/src/main.ts')[0],
    ]);
    expect(errors[0]).toMatch(/^the ws server was killed by SIGKILL during rooms \(direct\)/);
    expect(errors[1]).toMatch(/the load generator ended with SIGKILL/);
  },
);
