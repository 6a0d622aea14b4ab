import { redisHere } from '@ws-arena/infra/testing/redis-here';
import { expect, test } from 'vitest';
import {
  Bench,
  childOf,
  commandOf,
  folder,
  hasProc,
  runIn,
  slicesIn,
  until,
} from './testing/bench-process.ts';

const rooms = ['--preset', 'smoke', '--scenarios', 'rooms', '--routes', 'direct', '--targets', 'ws'];
const long = ['--instances', '3', '--precision', '1', '--seconds', '10'];

/** A bench that is measuring rooms over three instances, and its Redis. */
async function started(): Promise<{ out: string; bench: Bench; redis: number }> {
  const out = folder();
  const bench = new Bench([...rooms, ...long, '--out', out]);
  await until('a block', () => slicesIn(out).length > 2);
  return { out, bench, redis: await childOf(bench, 'redis-server') };
}

test.runIf(hasProc && redisHere)(
  'a Redis that is killed is named, and another carries the rooms after it',
  async () => {
    const { out, bench, redis } = await started();
    process.kill(redis, 'SIGKILL');
    const marked = await until('its mark', () => slicesIn(out).find((line) => line.error));
    expect(marked.error).toBe('Redis was killed by SIGKILL during rooms (direct)');
    expect(marked.warnings!.map(({ kind }) => kind)).toEqual(['redis-died']);
    await until('slices after it', () => slicesIn(out).some(({ block }) => block > marked.block + 2));
    const next = await childOf(bench, 'redis-server');
    bench.child.kill('SIGINT');
    expect(await bench.ended(), bench.stderr).toBe(130);
    const { slices } = runIn(out);
    expect(slices.filter((line) => line.error)).toEqual([marked]);
    for (const { load, usage } of slices.filter((line) => !line.error)) {
      expect(load).toMatchObject({ duplicated: 0, reordered: 0, corrupted: 0 });
      expect(usage).toHaveProperty('redis');
    }
    expect(bench.processes()).toEqual([]);
    expect(commandOf(next)).toBe('');
  },
);

test.runIf(hasProc && redisHere)('a bench that is killed leaves no Redis behind', async () => {
  const { bench, redis } = await started();
  bench.child.kill('SIGKILL');
  await until('the end of all', () => bench.processes().length === 0 && commandOf(redis) === '');
});

test.runIf(redisHere)(
  'bench rooms: whole before and after a restart of Redis, and what was lost meanwhile is counted',
  async () => {
    const bench = new Bench(['rooms', '--targets', 'ws', '--rooms', '2x6x20', '--seconds', '1']);
    expect(await bench.ended(), bench.stderr + bench.stdout).toBe(0);
    const [steady, away, after] = bench.stdout.split('\n').slice(2);
    const cells = (line: string | undefined) => line!.split('|').map((cell) => cell.trim());
    for (const line of [steady, after]) {
      expect(Number(cells(line)[3])).toBeGreaterThan(0);
      expect(cells(line).slice(4, 7)).toEqual(['0', '0', '0']);
    }
    // Of a room's six members two are on the sender's instance, and hear it all the same.
    expect(cells(away)[2]).toMatch(/the servers counted [1-9]\d* of \d+ messages as lost$/);
    expect(Number(cells(away)[4])).toBeGreaterThan(0);
    expect(cells(away).slice(5, 7)).toEqual(['0', '0']);
    expect(bench.processes()).toEqual([]);
  },
);

test('bench rooms refuses a target that shares no rooms', async () => {
  const bench = new Bench(['rooms', '--targets', 'lua']);
  expect(await bench.ended()).toBe(2);
  expect(bench.stderr).toContain('lua shares no rooms with other instances by Redis');
});
