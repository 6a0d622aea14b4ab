import type { Target } from '@ws-arena/contract/targets';
import type { Load, LoadSpec } from '@ws-arena/load/load-spec';
import type { Scenario } from '@ws-arena/results/trial';
import type { Arena } from './arena.ts';
import type { BenchConfig } from './bench-config.ts';
import type { OfferedRates } from './cases.ts';
import type { Generator } from './generator.ts';
import { openingSpec, openLoad } from './job.ts';
import { tlsParams } from './tls-choice.ts';

const CALIBRATION_MS = 250;

/** Loads that are run once before the first round, and for how long: code that is not compiled yet is slow. */
const rehearsal: readonly { readonly load: Load; readonly durationMs: number }[] = [
  { load: openLoad(4000), durationMs: 300 },
  { load: { kind: 'broadcast', ratePerSec: 0 }, durationMs: 200 },
];

/** One slice of the rehearsal of handshakes, and how much faster than the best before it one must be to ask for more. */
const SLICE_MS = 600;
const FASTER = 1.05;

/**
 * Finds the rates that `latency` and `connect` offer to all alike: fractions of what the slowest target on the slowest
 * route does at window 1. It also warms the servers up. Targets that do not run are left out; they fail later, by name.
 */
export async function calibrate(
  arena: Arena,
  config: BenchConfig,
  targets: readonly Target[],
  note: (line: string) => void,
  interrupted: AbortSignal,
): Promise<OfferedRates> {
  if (!config.scenarios.some((scenario) => calibrated.includes(scenario)))
    return { messages: [], handshakesPerSec: 0 };
  const messages: number[] = [];
  const handshakes: number[] = [];
  const generator = await arena.generator();
  const wantsHandshakes = config.connectAtRate && config.scenarios.includes('connect');
  for (const target of targets) {
    for (const route of config.routes) {
      if (target.launch.kind === 'remote' && route !== 'direct') continue;
      interrupted.throwIfAborted();
      try {
        const served = await arena.served(target, {}, false);
        const way = { route, params: tlsParams(config, route)[0]! };
        const urls = await served.urls(way, config.connections);
        const spec = {
          ...(await openingSpec(target, config, way, urls)),
          durationMs: CALIBRATION_MS,
          warmupMs: CALIBRATION_MS,
        };
        const echo = await generator.run({ ...spec, load: { kind: 'closed', window: 1 } }, {}, interrupted);
        messages.push(echo.messages.delivered / (echo.measuredNs / 1e9));
        if (route === config.routes[0]) await rehearse(generator, config, spec, interrupted);
        if (!wantsHandshakes) continue;
        const connect = await generator.run(handshaking(config, spec), {}, interrupted);
        handshakes.push(connect.handshakes / (connect.measuredNs / 1e9));
      } catch (error) {
        note(`${target.name} (${route}) could not be calibrated: ${(error as Error).message}`);
      }
    }
  }
  const slowest = Math.min(...messages.filter((rate) => rate > 0), 100_000);
  const slowestHandshake = Math.min(...handshakes.filter((rate) => rate > 0), 10_000);
  return {
    messages:
      config.rates.length > 0
        ? config.rates.map((ratePerSec) => ({ ratePerSec, load: 'given' }))
        : config.loads.map((share) => ({
            ratePerSec: twoDigits(share * slowest),
            load: `${share * 100}% of slowest`,
          })),
    handshakesPerSec: twoDigits(slowestHandshake / 2),
  };
}

/** Scenarios of messages and handshakes: they want rates, and code that is warm. */
const calibrated: readonly Scenario[] = ['echo', 'latency', 'slo', 'broadcast', 'connect', 'http'];

async function rehearse(
  generator: Generator,
  config: BenchConfig,
  spec: LoadSpec,
  interrupted: AbortSignal,
): Promise<void> {
  for (const { load, durationMs } of rehearsal)
    await generator.run({ ...spec, load, durationMs, warmupMs: 0 }, {}, interrupted);
  if (config.scenarios.includes('connect')) await rehearseHandshakes(generator, config, spec, interrupted);
}

/**
 * Opens connections until two slices in a row are no faster. Much more code runs for a handshake than for a message, and
 * each of its functions less often: on Node.js the first ones cost twice what they cost after some thousands, and
 * Socket.IO's after ten thousand.
 */
async function rehearseHandshakes(
  generator: Generator,
  config: BenchConfig,
  spec: LoadSpec,
  interrupted: AbortSignal,
): Promise<void> {
  const slice = { ...handshaking(config, spec), durationMs: SLICE_MS, warmupMs: 0 };
  let best = 0;
  for (let spentMs = 0, noFaster = 0; spentMs < config.rehearsalMs && noFaster < 2; spentMs += SLICE_MS) {
    const { handshakes, measuredNs } = await generator.run(slice, {}, interrupted);
    const rate = handshakes / measuredNs;
    noFaster = rate > best * FASTER ? 0 : noFaster + 1;
    best = Math.max(best, rate);
  }
}

/** As many handshakes as the target can do. */
function handshaking({ concurrency }: BenchConfig, spec: LoadSpec): LoadSpec {
  return { ...spec, connections: concurrency, load: { kind: 'connect', ratePerSec: 0, concurrency } };
}

/** Two significant digits: a rate that a reader can remember. */
function twoDigits(value: number): number {
  return Number(value.toPrecision(2));
}
