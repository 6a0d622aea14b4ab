import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nginxHere } from '@ws-arena/infra/testing/nginx-here';
import { parseRun, type Run } from '@ws-arena/results/run-file';
import { expect, onTestFinished, test } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const smoke = ['--preset', 'smoke', '--scenarios', 'echo', '--routes', 'direct', '--targets', 'ws,socketio'];
const WAIT_MS = 60_000;

/** The bench as a process, with a mark in its environment by which all that it starts can be found. */
class Bench {
  readonly dir = mkdtempSync(join(tmpdir(), 'bench-'));
  readonly mark = `ARENA_MARK=${randomUUID()}`;
  readonly child: ChildProcess;
  stderr = '';
  stdout = '';

  constructor(args: readonly string[]) {
    const [name, value] = this.mark.split('=') as [string, string];
    this.child = spawn(process.execPath, [main, ...args], { env: { ...process.env, [name]: value } });
    this.child.stdout!.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr!.on('data', (chunk) => {
      this.stderr += chunk;
    });
    onTestFinished(() => {
      this.child.kill('SIGKILL');
    });
  }

  /** Processes of this bench that still run, with their command lines. */
  processes(): { pid: number; command: string }[] {
    return (
      readdirSync('/proc')
        .filter((entry) => /^\d+$/.test(entry))
        .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(this.mark))
        .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') }))
        // A process that has ended and was not yet waited for has no command line.
        .filter(({ command }) => command !== '')
    );
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null)
      await once(this.child, 'exit', { signal: AbortSignal.timeout(WAIT_MS) });
    return this.child.exitCode;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function until<T>(what: string, probe: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const value = probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${WAIT_MS} ms for ${what}`);
    await setTimeout(20);
  }
}

const runIn = (dir: string): Run => parseRun(readFileSync(join(dir, 'run.jsonl'), 'utf8'));
const folder = (): string => join(mkdtempSync(join(tmpdir(), 'run-')), 'run');
const hasProc = existsSync('/proc/self/environ');
if (!hasProc) console.warn('skipped: what becomes of the processes of a bench: no /proc here');

test('a run measures every case, writes every report and leaves no process', async () => {
  const out = folder();
  const bench = new Bench([...smoke, '--out', out]);
  expect(await bench.ended(), bench.stderr).toBe(0);
  const { trials, header, end } = runIn(out);
  expect(trials).toHaveLength(header.cases.length);
  expect(trials.filter((trial) => trial.error)).toEqual([]);
  for (const { load } of trials) {
    expect(load!.messages.sent).toBeGreaterThan(0);
    expect(load!.messages.delivered + load!.messages.lost).toBe(load!.messages.sent);
  }
  expect(end).toBeDefined();
  for (const file of ['report.json', 'report.md', 'report.csv', 'report.html'])
    expect(existsSync(join(out, file))).toBe(true);
  expect(bench.stdout).toContain('socketio');
  if (hasProc) expect(bench.processes()).toEqual([]);
});

test.runIf(hasProc)(
  'a server killed in the middle is that case’s error; the others go on; exit code 1',
  async () => {
    const out = folder();
    const bench = new Bench([...smoke, '--duration-ms', '1500', '--windows', '1', '--out', out]);
    await until('the first trial to begin', () => /round 1: echo/.test(bench.stderr));
    const server = await until('the ws server', () =>
      bench.processes().find((one) => one.command.includes('ws-server/src/main.ts')),
    );
    process.kill(server.pid, 'SIGKILL');
    expect(await bench.ended()).toBe(1);
    const { trials } = runIn(out);
    const [ws, socketio] = ['ws', 'socketio'].map(
      (name) => trials.find((trial) => trial.case.target === name)!,
    );
    expect(ws!.error).toMatch(/the ws server was killed by SIGKILL during echo \(direct\)/);
    expect(socketio!.error).toBeUndefined();
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain('SIGKILL');
    expect(bench.processes()).toEqual([]);
  },
);

const commandOf = (pid: number) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
const childrenOf = (pid: number) =>
  read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

/** Master and workers of the Nginx of a bench, once they hold the `connections` of the first trial. */
async function loadedNginx(bench: Bench, connections: number): Promise<number[]> {
  await until('the first trial to begin', () => /round 1: latency nginx/.test(bench.stderr));
  // Nginx writes its title over its environment, and the mark with it.
  const master = await until('Nginx', () =>
    childrenOf(bench.child.pid!).find((pid) => commandOf(pid).startsWith('nginx: master')),
  );
  const workers = childrenOf(master);
  await until('its connections', () => {
    const held = workers.reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0);
    return held > connections * 2;
  });
  return [master, ...workers];
}

const through = ['--preset', 'smoke', '--scenarios', 'latency', '--routes', 'nginx', '--targets', 'ws'];

test.runIf(hasProc && nginxHere).each([
  ['SIGKILL', 1, /^Nginx was killed by SIGKILL during latency \(nginx\)$/, 'proxy-died'],
  ['SIGHUP', 0, undefined, 'proxy-reloaded'],
] as const)(
  '%s to Nginx in the middle is told with that round; the next one goes on',
  async (signal, code, error, doubt) => {
    const out = folder();
    const bench = new Bench([...through, '--rounds', '2', '--duration-ms', '3000', '--out', out]);
    // The calibration before it loads Nginx too, and a new one is started for the first round.
    await until('the first round', () => bench.stderr.includes('round 1: '));
    const nginx = await loadedNginx(bench, 20);
    process.kill(nginx[0]!, signal);
    expect(await bench.ended(), bench.stderr).toBe(code);
    const [first, second] = runIn(out).trials;
    if (error) expect(first!.error).toMatch(error);
    else expect(first!.error).toBeUndefined();
    expect(first!.warnings.map(({ kind }) => kind)).toContain(doubt);
    expect(second!.error).toBeUndefined();
    expect(second!.warnings.map(({ kind }) => kind)).not.toContain(doubt);
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toMatch(error ? /SIGKILL/ : /proxy-reloaded/);
    expect(bench.processes()).toEqual([]);
    expect(nginx.map(commandOf).filter((command) => command.startsWith('nginx'))).toEqual([]);
  },
);

test.runIf(hasProc)(
  'Ctrl-C keeps what was finished, leaves no process, and --resume goes on from there',
  async () => {
    const out = folder();
    const bench = new Bench([...smoke, '--duration-ms', '1000', '--out', out]);
    await until('a finished trial', () => existsSync(join(out, 'run.jsonl')) && runIn(out).trials.length > 0);
    bench.child.kill('SIGINT');
    expect(await bench.ended()).toBe(130);
    expect(bench.processes()).toEqual([]);
    const before = runIn(out);
    expect(before.trials.length).toBeLessThan(before.header.cases.length);
    expect(before.trials.filter((trial) => trial.error)).toEqual([]);
    expect(existsSync(join(out, 'report.html'))).toBe(true);
    expect(bench.stderr).toContain('--resume');
    const resumed = new Bench(['--resume', out]);
    expect(await resumed.ended(), resumed.stderr).toBe(0);
    const after = runIn(out);
    expect(after.trials).toHaveLength(after.header.cases.length);
    expect(after.trials.slice(0, before.trials.length)).toEqual(before.trials);
    const measuringMs = after.trials.reduce((sum, trial) => sum + trial.elapsedMs, 0);
    expect(after.end!.elapsedMs).toBeGreaterThanOrEqual(measuringMs);
    expect(resumed.processes()).toEqual([]);
  },
);

test.runIf(hasProc).each([
  ['its first word', (bench: Bench) => bench.stderr.includes('\n')],
  ['a server to be started', (bench: Bench) => bench.processes().length > 1],
  [
    'the load generator to be started',
    (bench: Bench) => bench.processes().some(({ command }) => command.includes('loadgen/src/main.ts')),
  ],
])('Ctrl-C before the first trial, after %s, ends it all and keeps nothing', async (what, reached) => {
  const out = folder();
  const bench = new Bench([...smoke, '--out', out]);
  await until(what, () => reached(bench));
  bench.child.kill('SIGINT');
  expect(await bench.ended()).toBe(130);
  expect(bench.processes()).toEqual([]);
  expect(bench.stderr).toMatch(/^interrupted before there was a result to keep$/m);
  expect(existsSync(out)).toBe(false);
});

test.runIf(hasProc)('a bench that is killed takes everything it started with it', async () => {
  const bench = new Bench([...smoke, '--duration-ms', '3000', '--out', folder()]);
  await until('its processes', () => bench.processes().length > 2);
  bench.child.kill('SIGKILL');
  await until('all of them to end', () => bench.processes().length === 0);
});

test.runIf(hasProc)('fuzz attacks for the time that it is given, and leaves no process', async () => {
  const bench = new Bench(['fuzz', '--targets', 'uws', '--duration', '1s', '--seed', '1', '--out', folder()]);
  expect(await bench.ended(), bench.stderr).toBe(0);
  for (const deflate of ['off', 'on'])
    expect(bench.stdout).toMatch(
      new RegExp(`^uws, deflate ${deflate}, seed 1: [1-9]\\d* attacks in \\d+ s, no harm; `, 'm'),
    );
  expect(bench.processes()).toEqual([]);
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
    ['conformance', '--set', 'pingPeriodMs=5000'],
    /^Unknown option '--set'; the options are --targets, --out/,
  ],
  [
    ['--resume', '/nowhere', '--targets', 'ws'],
    /^--resume keeps the options of the run, and got --targets; allowed: --rounds, --json$/m,
  ],
])('%j is wrong usage: one sentence, exit code 2', async (args, sentence) => {
  const bench = new Bench(args);
  expect(await bench.ended()).toBe(2);
  expect(bench.stderr).toMatch(sentence);
  expect(bench.stderr.trim().split('\n')).toHaveLength(1);
});
