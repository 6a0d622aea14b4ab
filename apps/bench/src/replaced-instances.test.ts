import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nginxHere } from '@ws-arena/infra/testing/nginx-here';
import { redisHere } from '@ws-arena/infra/testing/redis-here';
import type { Trial } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { Bench, folder, hasProc, runIn, until } from './testing/bench-process.ts';

const canReplace = hasProc && nginxHere;
if (!canReplace) console.warn('skipped: instances replaced under load: no /proc or no Nginx here');

const sum = (counts: readonly number[]) => counts.reduce((total, n) => total + n, 0);
const asked = (scenarios: string, targets: string, out: string) => [
  ...['--preset', 'smoke', '--routes', 'nginx', '--scenarios', scenarios, '--targets', targets, '--out', out],
];
const serversOf = (bench: Bench) =>
  bench.processes().filter(({ command }) => command.includes('ws-server/src/main.ts'));

function expectAllBack({ load, replaced, error, warnings }: Trial): void {
  expect(error).toBeUndefined();
  expect(warnings.filter(({ kind }) => kind !== 'behind-schedule')).toEqual([]);
  const { messages, returns } = load!;
  expect(sum(returns!.returned)).toBe(sum(returns!.ended));
  // Each of them is on some instance, and every instance was replaced.
  expect(sum(returns!.ended)).toBeGreaterThanOrEqual(returns!.clients);
  expect(messages.sent).toBeGreaterThan(0);
  expect(messages.delivered + messages.lost).toBe(messages.sent);
  expect(messages).toMatchObject({ duplicated: 0, corrupted: 0 });
  // Whoever keeps a connection loses nothing.
  expect(returns!.lostUntouched).toBe(0);
  for (const { atMs, endedMs, readyMs } of replaced!) {
    expect(endedMs).toBeGreaterThan(atMs);
    expect(readyMs).toBeGreaterThan(endedMs);
  }
}

test.runIf(canReplace).each([
  ['deploy', [[0], [1], [2]]],
  ['storm', [[0, 1, 2]]],
  ['crash', [[0], [1], [2]]],
] as const)('%s: every client comes back, and every message is accounted for', async (scenario, groups) => {
  const out = folder();
  const bench = new Bench(asked(scenario, 'ws', out));
  expect(await bench.ended(), bench.stderr).toBe(0);
  const [trial] = runIn(out).trials;
  expectAllBack(trial!);
  expect(trial!.replaced!.map(({ instances }) => instances)).toEqual(groups);
  if (scenario === 'crash') expect(Object.keys(trial!.load!.connections.closed)).toEqual(['1006']);
  const report = readFileSync(join(out, 'report.md'), 'utf8');
  for (const column of ['until 99 % were back', '99 % in the window', 'lost by the untouched'])
    expect(report).toContain(column);
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Clients without a connection, over time');
  expect(bench.processes()).toEqual([]);
});

test.runIf(canReplace && redisHere)(
  'socket.io restores sessions across instances that drain, and none across instances that are killed',
  async () => {
    const out = folder();
    const bench = new Bench([...asked('deploy,crash', 'socketio', out), '--recovery', 'yes']);
    expect(await bench.ended(), bench.stderr).toBe(0);
    const { trials } = runIn(out);
    expect(trials.map(({ case: one }) => one.scenario)).toEqual(['deploy', 'crash']);
    for (const trial of trials) {
      expectAllBack(trial);
      expect(trial.usage).toHaveProperty('redis');
    }
    const [drained, killed] = trials.map(({ load }) => load!.returns!);
    expect(drained!.recovered).toBeGreaterThan(0);
    // A session is stored when its connection ends, by the process that had it.
    expect(killed!.recovered).toBe(0);
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain('socketio, restoring sessions');
    expect(bench.processes()).toEqual([]);
  },
);

test.runIf(canReplace)(
  'a server killed in the middle of a deploy is named, the next target is measured, and nothing is left',
  async () => {
    const out = folder();
    const bench = new Bench(asked('deploy', 'ws,socketio', out));
    // The first was started to see whether it runs here.
    const first = await until('three instances', () => {
      const servers = serversOf(bench);
      return servers.length === 4 && servers;
    });
    await until('a new process', () =>
      serversOf(bench).some(({ pid }) => !first.some((one) => one.pid === pid)),
    );
    // One whose turn is still to come.
    const last = serversOf(bench).filter(({ pid }) => first.some((one) => one.pid === pid));
    process.kill(Math.max(...last.map(({ pid }) => pid)), 'SIGKILL');
    expect(await bench.ended(), bench.stderr).toBe(1);
    const [ws, socketio] = runIn(out).trials;
    expect(ws!.error).toMatch(/^the ws server was killed by SIGKILL during deploy \(nginx\)/);
    expect(ws!.warnings.map(({ kind }) => kind)).toContain('server-died');
    expectAllBack(socketio!);
    expect(bench.processes()).toEqual([]);
  },
);

test.runIf(canReplace)(
  'with max_fails=1 a deploy ends with every instance left out, and handshakes get 502',
  async () => {
    const out = folder();
    const bench = new Bench([...asked('deploy', 'ws', out), '--max-fails', '1']);
    expect(await bench.ended(), bench.stderr).toBe(0);
    const [trial] = runIn(out).trials;
    expect(trial!.load!.connections.failed).toMatchObject({ 'status 502': expect.any(Number) });
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toMatch(/not-back: \d+ of 60 clients were not back/);
  },
);
