import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nginxHere } from '@ws-arena/infra/testing/nginx-here';
import type { SliceLine } from '@ws-arena/results/slice-line';
import { expect, test } from 'vitest';
import {
  Bench,
  commandOf,
  folder,
  hasProc,
  nginxOf,
  runIn,
  slicesIn,
  until,
} from './testing/bench-process.ts';

const smoke = ['--preset', 'smoke', '--scenarios', 'echo', '--routes', 'direct', '--targets', 'ws,socketio'];

if (!hasProc) console.warn('skipped: what becomes of the processes of a bench: no /proc here');

test('a run measures every case, writes every report and leaves no process', async () => {
  const out = folder();
  const bench = new Bench([...smoke, '--out', out]);
  expect(await bench.ended(), bench.stderr).toBe(0);
  const { slices, header, end } = runIn(out);
  expect(new Set(slices.map((line) => line.case))).toEqual(new Set(header.cases.keys()));
  expect(slices.filter((line) => line.error)).toEqual([]);
  for (const { load } of slices) {
    expect(load!.sent).toBeGreaterThan(0);
    expect(load!.delivered + load!.lost).toBe(load!.sent);
  }
  expect(end).toBeDefined();
  for (const file of ['report.json', 'report.md', 'report.csv', 'report.html'])
    expect(existsSync(join(out, file))).toBe(true);
  expect(bench.stdout).toContain('socketio');
  if (hasProc) expect(bench.processes()).toEqual([]);
});

/** Blocks are measured until somebody has had the time to disturb them. */
const long = ['--seconds', '10', '--precision', '1'];

test.runIf(hasProc)(
  'a server killed in the middle is that case’s error; it is started again, the others go on; exit code 1',
  async () => {
    const out = folder();
    const bench = new Bench([...smoke, ...long, '--out', out]);
    await until('a block', () => slicesIn(out).length > 4);
    const server = await until('the ws server', () =>
      bench.processes().find((one) => one.command.includes('ws-server/src/main.ts')),
    );
    process.kill(server.pid, 'SIGKILL');
    const failed = await until('its failure', () => slicesIn(out).find((line) => line.error));
    await until('slices after it', () => slicesIn(out).some(({ block }) => block > failed.block + 2));
    bench.child.kill('SIGINT');
    expect(await bench.ended()).toBe(130);
    const { header, slices } = runIn(out);
    const targetOf = (line: SliceLine) => header.cases[line.case]!.target;
    expect(targetOf(failed)).toBe('ws');
    expect(failed.error).toMatch(/^the ws server was killed by SIGKILL during echo \(direct\)/);
    expect(failed.warnings!.map(({ kind }) => kind)).toEqual(['server-died']);
    expect(slices.filter((line) => line.error)).toHaveLength(1);
    const later = slices.filter(({ block }) => block > failed.block);
    expect(new Set(later.map(targetOf))).toEqual(new Set(['ws', 'socketio']));
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain('SIGKILL');
    const resumed = new Bench(['--resume', out, '--seconds', '1', '--precision', '99']);
    expect(await resumed.ended(), resumed.stderr).toBe(1);
    expect(bench.processes()).toEqual([]);
  },
);

const through = ['--preset', 'smoke', '--scenarios', 'load', '--routes', 'nginx', '--targets', 'ws'];

test.runIf(hasProc && nginxHere).each([
  [
    'SIGKILL to the master',
    0,
    'SIGKILL',
    /^Nginx was killed by SIGKILL during load \(nginx\)$/,
    'proxy-died',
  ],
  ['SIGKILL to a worker', 1, 'SIGKILL', /^a worker of Nginx ended during load \(nginx\)/, 'proxy-died'],
  ['SIGHUP to the master', 0, 'SIGHUP', undefined, 'proxy-reloaded'],
] as const)('%s is told with its slice; the next ones are good', async (_, which, signal, error, doubt) => {
  const out = folder();
  const bench = new Bench([...through, ...long, '--out', out]);
  await until('a block', () => slicesIn(out).length > 2);
  const nginx = await nginxOf(bench);
  process.kill(nginx[which]!, signal);
  const marked = await until('its mark', () => slicesIn(out).find((line) => line.warnings));
  await until('slices after it', () => slicesIn(out).some(({ block }) => block > marked.block + 2));
  bench.child.kill('SIGINT');
  expect(await bench.ended(), bench.stderr).toBe(130);
  if (error) expect(marked.error).toMatch(error);
  else expect(marked.error).toBeUndefined();
  expect(marked.warnings!.map(({ kind }) => kind)).toEqual([doubt]);
  const { slices } = runIn(out);
  expect(slices.filter((line) => line.warnings || line.error)).toEqual([marked]);
  expect(readFileSync(join(out, 'report.md'), 'utf8')).toMatch(which === 1 ? /worker of Nginx/ : /Nginx/);
  expect(bench.processes()).toEqual([]);
  expect(nginx.map(commandOf).filter((command) => command.startsWith('nginx'))).toEqual([]);
});

test.runIf(hasProc)(
  'Ctrl-C keeps what was finished, leaves no process, and --resume goes on from there',
  async () => {
    const out = folder();
    const bench = new Bench([...smoke, ...long, '--out', out]);
    await until('some slices', () => slicesIn(out).length > 4);
    bench.child.kill('SIGINT');
    expect(await bench.ended()).toBe(130);
    expect(bench.processes()).toEqual([]);
    const before = runIn(out);
    expect(before.end).toBeUndefined();
    expect(before.slices.filter((line) => line.error)).toEqual([]);
    expect(existsSync(join(out, 'report.html'))).toBe(true);
    expect(bench.stderr).toContain('--resume');
    // As a machine that lost its power would leave it.
    appendFileSync(join(out, 'run.jsonl'), '{"type":"slice","case":0,"blo');
    const resumed = new Bench(['--resume', out, '--seconds', '1', '--precision', '99']);
    expect(await resumed.ended(), resumed.stderr).toBe(0);
    const after = runIn(out);
    expect(after.slices.slice(0, before.slices.length)).toEqual(before.slices);
    expect(after.problems).toEqual([]);
    const blocks = after.slices.map((line) => `${line.case} ${line.block}`);
    expect(new Set(blocks).size).toBe(blocks.length);
    expect(after.end!.elapsedMs).toBeGreaterThanOrEqual(Math.max(...after.slices.map(({ atMs }) => atMs)));
    expect(resumed.processes()).toEqual([]);
  },
);

test.runIf(hasProc)('a generator that is killed is started again, and the run goes on', async () => {
  const out = folder();
  const bench = new Bench([...smoke, ...long, '--out', out]);
  await until('a block', () => slicesIn(out).length > 4);
  const generator = bench.processes().find(({ command }) => command.includes('loadgen/src/main.ts'))!;
  process.kill(generator.pid, 'SIGKILL');
  const failed = await until('its failure', () => slicesIn(out).find((line) => line.error));
  expect(failed.error).toMatch(/the load generator ended with SIGKILL/);
  await until('slices after it', () => slicesIn(out).some(({ block }) => block > failed.block + 2));
  bench.child.kill('SIGINT');
  expect(await bench.ended()).toBe(130);
  expect(bench.processes()).toEqual([]);
});

test.runIf(hasProc)('a generator that is killed while it starts does not cost the run', async () => {
  const out = folder();
  const bench = new Bench([...smoke, '--out', out]);
  const generator = await until('the generator', () =>
    bench.processes().find(({ command }) => command.includes('loadgen/src/main.ts')),
  );
  process.kill(generator.pid, 'SIGKILL');
  expect(await bench.ended()).toBe(1);
  const { slices, end } = runIn(out);
  const failed = slices.filter((line) => line.error);
  // More than one, where this test was slow to end it.
  expect(failed.length).toBeGreaterThan(0);
  for (const { error } of failed) expect(error).toContain('the load generator ended with SIGKILL');
  expect(slices.length).toBeGreaterThan(failed.length);
  expect(end).toBeDefined();
  expect(bench.processes()).toEqual([]);
});

test('a reader that has seen enough does not end the run', async () => {
  const out = folder();
  const bench = new Bench([...smoke, '--out', out]);
  bench.child.stderr!.once('data', () => {
    bench.child.stderr!.destroy();
    bench.child.stdout!.destroy();
  });
  expect(await bench.ended()).toBe(0);
  expect(runIn(out).end).toBeDefined();
});

test.runIf(hasProc).each([
  ['its first word', (bench: Bench) => bench.stderr.includes('\n')],
  ['a server to be started', (bench: Bench) => bench.processes().length > 1],
])('Ctrl-C before the run has its cases, after %s, ends it all and keeps nothing', async (what, reached) => {
  const out = folder();
  const bench = new Bench([...smoke, '--out', out]);
  await until(what, () => reached(bench));
  bench.child.kill('SIGINT');
  expect(await bench.ended()).toBe(130);
  expect(bench.processes()).toEqual([]);
  expect(bench.stderr).toMatch(/^interrupted before anything was measured$/m);
  expect(existsSync(out)).toBe(false);
});

test.runIf(hasProc)('Ctrl-C while the generator starts ends it all, and the run can be resumed', async () => {
  const out = folder();
  const bench = new Bench([...smoke, '--out', out]);
  await until('the generator', () =>
    bench.processes().some(({ command }) => command.includes('loadgen/src')),
  );
  bench.child.kill('SIGINT');
  expect(await bench.ended()).toBe(130);
  expect(bench.processes()).toEqual([]);
  const resumed = new Bench(['--resume', out]);
  expect(await resumed.ended(), resumed.stderr).toBe(0);
});

test.runIf(hasProc)('a bench that is killed takes everything it started with it', async () => {
  const bench = new Bench([...smoke, ...long, '--out', folder()]);
  await until('its processes', () => bench.processes().length > 2);
  bench.child.kill('SIGKILL');
  await until('all of them to end', () => bench.processes().length === 0);
});

test.runIf(hasProc)('fuzz attacks for the time that it is given, and leaves no process', async () => {
  const bench = new Bench(['fuzz', '--targets', 'ws', '--duration', '1s', '--seed', '1', '--out', folder()]);
  expect(await bench.ended(), bench.stderr).toBe(0);
  for (const deflate of ['off', 'on', 'takeover'])
    expect(bench.stdout).toMatch(
      new RegExp(`^ws, deflate ${deflate}, seed 1: [1-9]\\d* attacks in \\d+ s, no harm; `, 'm'),
    );
  expect(bench.processes()).toEqual([]);
});

test('conformance --autobahn tells what differs from the outcomes that are recorded', async () => {
  const python = fileURLToPath(import.meta.resolve('@ws-arena/contract/autobahn/testing/fake-python'));
  const words = ['conformance', '--autobahn', '--python', python, '--targets', 'ws', '--out', folder()];
  const bench = new Bench(words);
  expect(await bench.ended(), bench.stderr).toBe(1);
  expect(bench.stdout).toMatch(/^ws: 2 OK\n {2}1\.1\.3: not run, recorded OK$/m);
});

test('conformance --autobahn without a Python 2.7 says what it lacks', async () => {
  const bench = new Bench(['conformance', '--autobahn', '--python', '/nowhere']);
  expect(await bench.ended()).toBe(1);
  expect(bench.stderr).toMatch(
    /^the Autobahn test suite needs Python 2\.7, and there is none at \/nowhere$/m,
  );
});

test('a folder that cannot be written is one sentence, before anything starts', async () => {
  const bench = new Bench([...smoke, '--out', '/dev/null/run']);
  expect(await bench.ended()).toBe(1);
  expect(bench.stderr).toBe('cannot write to /dev/null/run: a part of the path is no folder\n');
});

test.each([
  [['--targets', 'nobody'], /^unknown target "nobody"; allowed: ws, uws/],
  [['--set', 'pingPeriodMs=60000'], /^pingPeriodMs is 60000 and must be below pongWaitMs/],
  [['--resume', '/nowhere'], /^\/nowhere holds no run.jsonl/],
  [['dance'], /^unknown command "dance"; allowed: /],
  [['selftest', '--rounds', '9'], /^Unknown option '--rounds'; the options are --no-pin$/m],
  [
    ['balance', '--instances', '5'],
    /^Unknown option '--instances'; the options are --targets, --out, --json$/m,
  ],
  [['balance', '--targets', 'ws,uws'], /^balance takes one target, and got 2$/m],
  [
    ['balance', '--targets', 'mine=ws://127.0.0.1:1/x'],
    /^balance starts and kills .* "mine" runs elsewhere$/m,
  ],
  [['fuzz', '--duration', '0s'], /^--duration is "0s"; allowed: a whole number from 1 with s, m or h/],
  [['fuzz', '--rounds', '9'], /^Unknown option '--rounds'; the options are --targets, --duration, --seed/],
  [['fuzz', '--targets', 'mine=ws://127.0.0.1:1/x'], /^fuzz attacks servers .* "mine" runs elsewhere$/m],
  [['fuzz', '--replay', '/nowhere'], /^--replay is \/nowhere, and that is no finding of fuzz: ENOENT/],
  [
    ['conformance', '--autobahn', '--targets', 'socketio'],
    /^--autobahn needs servers .* got "socketio"; allowed: ws/,
  ],
  [
    ['conformance', '--set', 'pingPeriodMs=5000'],
    /^Unknown option '--set'; the options are --targets, --out/,
  ],
  [
    ['--resume', '/nowhere', '--targets', 'ws'],
    /^--resume keeps the options of the run, and got --targets; allowed: --json, --precision, --seconds, --rounds$/m,
  ],
])('%j is wrong usage: one sentence, exit code 2', async (args, sentence) => {
  const bench = new Bench(args);
  expect(await bench.ended()).toBe(2);
  expect(bench.stderr).toMatch(sentence);
  expect(bench.stderr.trim().split('\n')).toHaveLength(1);
});
