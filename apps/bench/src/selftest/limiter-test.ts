import { type ChildProcess, spawn } from 'node:child_process';
import { commandPrefix } from '@ws-arena/contract/command-prefix';
import { targetNamed } from '@ws-arena/contract/targets';
import { trialLimiter } from '@ws-arena/report/figures';
import type { Case, Route } from '@ws-arena/results/trial';
import type { Arena } from '../arena.ts';
import type { BenchConfig } from '../bench-config.ts';
import { measure } from '../trial.ts';
import type { SelfTest } from './self-test.ts';

interface Situation {
  readonly name: string;
  readonly limiter: string;
  readonly route: Route;
  readonly scenario: 'echo' | 'latency';
  readonly params: Case['params'];
  /** Whose core a process that only spins shares, so that it gets half of it. */
  readonly slowed?: 'server' | 'generator';
}

const echo = (window: number, payloadBytes = 64) => ({ connections: 100, payloadBytes, window });

const situations: readonly Situation[] = [
  {
    name: 'server slowed',
    limiter: 'server',
    route: 'direct',
    scenario: 'echo',
    params: echo(1),
    slowed: 'server',
  },
  {
    name: 'generator slowed',
    limiter: 'generator',
    route: 'direct',
    scenario: 'echo',
    params: echo(1),
    slowed: 'generator',
  },
  // The server is far cheaper than TLS in Nginx, so the proxy is what is slow.
  { name: 'proxy slowed by TLS', limiter: 'proxy', route: 'nginx-tls', scenario: 'echo', params: echo(16) },
  {
    name: 'rate low',
    limiter: 'rate',
    route: 'direct',
    scenario: 'latency',
    params: { connections: 100, payloadBytes: 64, ratePerSec: 500 },
  },
];

const SPIN_LIMIT_MS = 30_000;

/** Each of the four limiters made on purpose, with uWebSockets.js: the label must name it. */
export async function limiterTest(arena: Arena, config: BenchConfig, stop: AbortSignal): Promise<SelfTest[]> {
  const { server, proxy, generator } = arena.pinning;
  if (server === undefined || generator === undefined) {
    process.stderr.write(
      `the limiter test is left out, because the processes are ${arena.pinning.sentence}\n`,
    );
    return [];
  }
  const tests: SelfTest[] = [];
  for (const { name, limiter, route, scenario, params, slowed } of situations) {
    const spinner = slowed && spin(slowed === 'server' ? server : generator);
    try {
      const one: Case = { scenario, target: 'uws', route, params };
      const trial = await measure(arena, config, targetNamed('uws')!, one, 0, stop);
      const usage = trial.usage;
      const percent = (share = 0) => `${Math.round(share * 100)} %`;
      const found = trial.error ?? trialLimiter(trial, server === proxy);
      tests.push({
        name: `limiter: ${name}`,
        expected: limiter,
        found: `${found} (server ${percent(usage?.server.saturation)}, generator ${percent(usage?.generator.saturation)})`,
        passed: found === limiter,
      });
    } finally {
      spinner?.kill('SIGKILL');
    }
  }
  return tests;
}

/** A process that keeps `cpus` busy, and ends by itself. */
function spin(cpus: string): ChildProcess {
  const script = `const end = Date.now() + ${SPIN_LIMIT_MS}; while (Date.now() < end);`;
  const [command, ...args] = [...commandPrefix(cpus), process.execPath, '-e', script];
  return spawn(command!, args, { stdio: 'ignore' });
}
