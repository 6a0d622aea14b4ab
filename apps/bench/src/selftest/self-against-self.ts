import { targetNamed } from '@ws-arena/contract/targets';
import { summarize } from '@ws-arena/report/summarize';
import { RUN_SCHEMA_VERSION } from '@ws-arena/results/run-file';
import type { Case, Trial } from '@ws-arena/results/trial';
import type { Arena } from '../arena.ts';
import type { BenchConfig } from '../bench-config.ts';
import { environment } from '../environment.ts';
import { order } from '../order.ts';
import { availableTarget } from '../target-info.ts';
import { measure } from '../trial.ts';
import type { SelfTest } from './self-test.ts';

const ROUNDS = 8;
const names = ['ws-a', 'ws-b'];

/** One server under two names: every verdict must be `~`. */
export async function selfAgainstSelf(
  arena: Arena,
  config: BenchConfig,
  stop: AbortSignal,
): Promise<SelfTest[]> {
  const twins = names.map((name) => ({ ...targetNamed('ws')!, name }));
  const cases: Case[] = [
    { scenario: 'echo' as const, params: { connections: 100, payloadBytes: 64, window: 1 } },
    { scenario: 'echo' as const, params: { connections: 100, payloadBytes: 64, window: 16 } },
    { scenario: 'latency' as const, params: { connections: 100, payloadBytes: 64, ratePerSec: 5000 } },
    { scenario: 'connect' as const, params: { concurrency: 32 } },
  ].flatMap((one) => names.map((target) => ({ ...one, target, route: 'direct' as const })));
  const trials: Trial[] = [];
  for (const turn of order(cases, { rounds: ROUNDS, fewRounds: ROUNDS })) {
    const twin = twins.find((one) => one.name === turn.case.target)!;
    trials.push(await measure(arena, config, twin, turn.case, turn.round, stop));
  }
  const report = summarize({
    header: {
      type: 'run',
      schemaVersion: RUN_SCHEMA_VERSION,
      command: 'pnpm bench selftest',
      argv: [],
      preset: 'selftest',
      startedAt: trials[0]!.startedAt,
      environment: await environment(config, arena.pinning, undefined),
      targets: twins.map((twin) => availableTarget(twin, undefined)),
      cases,
      rounds: ROUNDS,
    },
    targets: twins.map((twin) => availableTarget(twin, undefined)),
    trials,
    slices: [],
    conformance: [],
    problems: [],
  });
  return report.comparisons
    .filter((one) => one.reason === undefined)
    .map((one) => ({
      name: `A/A: ${one.scenario} ${one.metric}${one.params.window ? ` window ${one.params.window}` : ''}`,
      expected: '~',
      found: `${one.verdict} (${one.ratio.center.toFixed(3)}, p ${one.p.toFixed(3)})`,
      passed: one.verdict === '~',
    }));
}
