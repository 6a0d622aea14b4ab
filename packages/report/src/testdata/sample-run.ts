import { type Run, RUN_SCHEMA_VERSION } from '@ws-arena/results/run-file';
import type { SliceLine } from '@ws-arena/results/slice-line';
import type { Case, Params, Route, Scenario, Trial } from '@ws-arena/results/trial';
import { seededRandom } from '../statistics/random.ts';
import { characters, PROXY_NS } from './characters.ts';
import { type Maker, sampleSlice, trueCostNs } from './sample-slice.ts';
import { sampleTrial } from './sample-trial.ts';

/** What the made-up run is to look like. */
export interface SampleOptions {
  readonly blocks?: number;
  readonly rounds?: number;
  readonly seed?: number;
  /** Standard deviation of each figure between blocks, as a share of it; the drift of a block, alike for all, is twice that. */
  readonly noise?: number;
  /** Targets whose costs are multiplied, e.g. `{ uws: 1.1 }`: 10 % slower. */
  readonly slowed?: Readonly<Record<string, number>>;
  /** Only these. */
  readonly scenarios?: readonly Scenario[];
  readonly targets?: readonly string[];
  /** All targets cost what `ws` costs, and differ by `slowed` only. */
  readonly twins?: true;
  /** Shares of the machine's time that other processes and other machines took, 0 to 1. */
  readonly others?: number;
  readonly steal?: number;
}

/** After so many blocks a target that its core cannot carry is not measured again. */
const BLOCKS_TO_BREAK = 6;

/**
 * A made-up run with every scenario and kind of target, that is the same for the same options: at the top of the ladder
 * the generator is the limit of `uws`, `coder` could not start, one slice of `socketio` failed, and `gorilla` lost messages
 * in one.
 */
export function sampleRun(options: SampleOptions = {}): Run {
  const { blocks = 20, rounds = 6, seed = 1, noise = 0.03, slowed = {}, others = 0.01, steal = 0 } = options;
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const cases = allCases(options);
  const slices: SliceLine[] = [];
  const trials: Trial[] = [];
  for (let block = 0; block < Math.max(blocks, rounds); block += 1) {
    const drift = 1 + 2 * noise * normal();
    cases.forEach((one, index) => {
      const of = characters[options.twins ? 'ws' : one.target]!;
      const noisy = (value: number) => value * drift * (1 + noise * normal());
      const maker: Maker = { of, slow: slowed[one.target] ?? 1, noisy, others, steal };
      const isTrial = one.scenario === 'hold' || one.scenario === 'limit';
      if (block >= (isTrial ? rounds : breaks(one, maker) ? Math.min(BLOCKS_TO_BREAK, blocks) : blocks)) return;
      if (isTrial) {
        const startedAt = `2026-11-22T12:${String(block).padStart(2, '0')}:00.000Z`;
        const about = { type: 'trial' as const, case: one, round: block, startedAt, elapsedMs: 1200, warnings: [] };
        trials.push({ ...about, ...sampleTrial(one, maker) });
        return;
      }
      const about = { type: 'slice' as const, case: index, block, atMs: 60_000 + slices.length * 110 };
      const failed = one.target === 'socketio' && one.scenario === 'connect' && block === 1;
      slices.push({ ...about, ...(failed ? FAILED : madeUp(one, maker, block)) });
    });
  }
  const header = headerOf(cases, rounds);
  return { header, targets: header.targets, trials, slices, ...ending };
}

const FAILED = { error: 'socketio ended in the middle of the slice (SIGKILL)' };

function madeUp(one: Case, maker: Maker, block: number): Partial<SliceLine> {
  const made = sampleSlice(one, maker);
  if (one.target !== 'gorilla' || one.scenario !== 'broadcast' || block > 0) return made;
  const load = made.load!;
  return { ...made, load: { ...load, delivered: load.delivered - 3, lost: 3 } };
}

/** Whether a core cannot carry a rate of the ladder. */
function breaks(one: Case, { of, slow }: Maker): boolean {
  const costNs = trueCostNs(one, of) * slow + (one.route === 'direct' ? 0 : PROXY_NS);
  return one.scenario === 'load' && costNs * Number(one.params.ratePerSec) >= 1e9;
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
  end: { type: 'end' as const, finishedAt: '2026-11-22T12:15:00.000Z', elapsedMs: 900_000 },
  problems: [],
};

function headerOf(cases: readonly Case[], rounds: number): Run['header'] {
  const running = [...new Set(cases.map(({ target }) => target))].map((name) => {
    const { library, version, language, kind } = characters[name]!;
    const runtime = language === 'Go' ? 'go1.26.8' : 'node 22.23.3';
    return { name, library, version, language, kind, runtime, available: true, notes: [] };
  });
  const missing = {
    ...{ name: 'coder', library: 'coder/websocket', version: '', language: 'Go', kind: 'baseline', available: false },
    reason: 'the Go baselines need a Go toolchain (go 1.23 or later), and none is in the PATH',
    notes: [],
  };
  return {
    type: 'run',
    schemaVersion: RUN_SCHEMA_VERSION,
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
      cpus: { server: '0', proxy: '0', generator: '1' },
      settings: {},
    },
    targets: [...running, missing],
    cases,
    rounds,
    precision: { halfWidth: 0.03, p99BoundMs: 10 },
  };
}

const ladder = [5000, 10_000, 20_000, 40_000, 80_000, 160_000];
const proxied: readonly Route[] = ['direct', 'nginx'];
const message = { connections: 100, payloadBytes: 64 };
const feed = { connections: 50, payloadBytes: 1024, ratePerSec: 5000, takeover: 'no' };

const shapes: readonly [Scenario, Params, readonly Route[]][] = [
  ...[1, 16].flatMap((burst) =>
    ladder.map((ratePerSec): [Scenario, Params, readonly Route[]] => [
      'load',
      { ...message, ratePerSec, burst },
      proxied,
    ]),
  ),
  ['echo', { ...message, window: 16 }, proxied],
  ['broadcast', { members: 500, payloadBytes: 64, ratePerSec: 100 }, ['direct']],
  ['connect', { ratePerSec: 500 }, proxied],
  ['deflate', { ...feed, level: 0 }, ['direct']],
  ['deflate', { ...feed, level: 6 }, ['direct']],
  ['http', { path: '/healthz', ratePerSec: 5000 }, ['direct']],
  ['hold', { connections: 2000, pingPeriodMs: 500 }, proxied],
  ['limit', { readLimitBytes: 65_536 }, proxied],
];

function allCases({ scenarios, targets = Object.keys(characters) }: SampleOptions): Case[] {
  return shapes
    .filter(([scenario]) => scenarios?.includes(scenario) ?? true)
    .flatMap(([scenario, params, ways]) =>
      ways.flatMap((route) => targets.map((target) => ({ scenario, target, route, params }))),
    );
}
