import type { Run } from '@ws-arena/results/run-file';
import type { Case, Params, Route, Scenario, Trial } from '@ws-arena/results/trial';
import { seededRandom } from '../statistics/random.ts';
import { characters, measure } from './sample-trial.ts';

/** What the made-up run is to look like. */
export interface SampleOptions {
  readonly rounds?: number;
  readonly seed?: number;
  /** Standard deviation of each figure between rounds, as a share of it. */
  readonly noise?: number;
  /** Targets whose costs are multiplied, e.g. `{ uws: 1.1 }`: 10 % slower. */
  readonly slowed?: Readonly<Record<string, number>>;
  /** How often every case stands in the run, each time with one connection more, to make a large run. */
  readonly copies?: number;
  /** Only these scenarios. */
  readonly scenarios?: readonly Scenario[];
}

/**
 * A made-up run with every scenario, route and kind of target, that is the same for the same options: `uws` is fast
 * enough that the generator is the limit at window 1, `coder` could not start, one trial of `socketio` failed, and
 * `gorilla` lost messages in one round.
 */
export function sampleRun(options: SampleOptions = {}): Run {
  const { rounds = 5, seed = 1, noise = 0.02, slowed = {}, copies = 1 } = options;
  const random = seededRandom(seed);
  const noisy = (value: number) => value * (1 + noise * normal(random));
  const cases = allCases(copies).filter((one) => options.scenarios?.includes(one.scenario) ?? true);
  const trials: Trial[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const one of cases) {
      const of = characters[one.target]!;
      const made = measure(one, { route: one.route, of, slow: slowed[one.target] ?? 1, params: one.params, noisy });
      trials.push({
        type: 'trial',
        case: one,
        round,
        startedAt: `2026-11-22T12:${String(round).padStart(2, '0')}:00.000Z`,
        elapsedMs: 1200,
        warnings: [],
        ...(one.target === 'socketio' && one.scenario === 'connect' && round === 1 ? failed : made),
        ...(one.target === 'gorilla' && one.scenario === 'broadcast' && round === 0 && lossy(made)),
      });
    }
  }
  return { header: header(cases, rounds), targets: header(cases, rounds).targets, trials, ...ending };
}

const failed = { error: 'socketio ended in the middle of the trial (SIGKILL)' };

function lossy(made: Partial<Trial>): Partial<Trial> {
  const load = made.load!;
  return {
    load: { ...load, messages: { ...load.messages, delivered: load.messages.delivered - 3, lost: 3 } },
  };
}

const ending = {
  conformance: ['utf-8: an invalid byte', 'a frame without a mask', 'a ping of 126 bytes'].flatMap((name, index) =>
    Object.keys(characters).map((target) => ({
      type: 'conformance' as const,
      target,
      name,
      rule: index === 0 ? 'RFC 6455 8.1: text is UTF-8' : 'RFC 6455 5: frames are as the RFC has them',
      expected: index === 0 ? '1007' : '1002',
      outcome: target === 'uws' && index < 2 ? '1006' : index === 0 ? '1007' : '1002',
      verdict: target !== 'uws' || index === 2 ? ('ok' as const) : index === 0 ? ('non-strict' as const) : ('failed' as const),
    })),
  ),
  end: { type: 'end' as const, finishedAt: '2026-11-22T12:05:00.000Z', elapsedMs: 300_000 },
  slices: [],
    problems: [],
};

function header(cases: readonly Case[], rounds: number): Run['header'] {
  const running = Object.entries(characters).map(([name, of]) => ({
    name,
    library: of.library,
    version: of.version,
    language: of.language,
    kind: of.kind,
    runtime: of.language === 'Go' ? 'go1.26.8' : 'node 22.23.3',
    available: true,
    notes: [],
  }));
  const missing = {
    name: 'coder',
    library: 'coder/websocket',
    version: '',
    language: 'Go',
    kind: 'baseline',
    available: false,
    reason: 'the Go baselines need a Go toolchain (go 1.23 or later), and none is in the PATH',
    notes: [],
  };
  return {
    type: 'run',
    schemaVersion: 1,
    command: 'pnpm bench --preset standard',
    argv: ['--preset', 'standard'],
    preset: 'standard',
    startedAt: '2026-11-22T12:00:00.000Z',
    environment: {
      cpuModel: 'AMD EPYC 9B14',
      cores: 2,
      memoryBytes: 8_589_934_592,
      kernel: 'Linux 6.18.0',
      os: 'Debian GNU/Linux 12',
      node: '22.23.3',
      v8: '12.4.254.21',
      nginx: '1.22.1',
      openssl: '3.0.17',
      descriptors: 20_000,
      pinning: 'server and proxy on CPU 0, generator on CPU 1',
      settings: {},
    },
    targets: [...running, missing],
    cases,
    rounds,
  };
}

const routes: readonly Route[] = ['direct', 'nginx', 'nginx-tls'];

const shapes: readonly [Case['scenario'], Params, readonly Route[]][] = [
  ['echo', { connections: 100, payloadBytes: 64, window: 1 }, routes],
  ['echo', { connections: 100, payloadBytes: 64, window: 16 }, routes],
  ['latency', { connections: 100, payloadBytes: 64, ratePerSec: 30_000, load: '0.5' }, routes],
  ['latency', { connections: 100, payloadBytes: 64, ratePerSec: 54_000, load: '0.9' }, ['direct']],
  ['slo', { connections: 100, payloadBytes: 64, p99BoundMs: 10 }, ['direct']],
  ['broadcast', { members: 500, payloadBytes: 64 }, ['direct', 'nginx']],
  ['connect', { concurrency: 32 }, routes],
  ['hold', { connections: 2000, pingPeriodMs: 500 }, ['direct', 'nginx']],
  ['deflate', { connections: 50, payloadBytes: 1024, window: 4, level: 0, takeover: 'no' }, ['direct']],
  ['deflate', { connections: 50, payloadBytes: 1024, window: 4, level: 6, takeover: 'no' }, ['direct']],
  ['limit', { readLimitBytes: 65_536 }, ['direct', 'nginx']],
  ['http', { path: '/healthz', beside: 'nothing' }, ['direct']],
];

function allCases(copies: number): Case[] {
  return shapes.flatMap(([scenario, params, ways]) =>
    Array.from({ length: copies }, (_, copy) =>
      copy === 0 ? params : { ...params, connections: Number(params.connections ?? 1) + copy },
    ).flatMap((each) =>
      ways.flatMap((route) =>
        Object.keys(characters).map((target) => ({ scenario, target, route, params: each })),
      ),
    ),
  );
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
