import { availableParallelism } from 'node:os';
import type { Target } from '@ws-arena/contract/targets';
import { noiseOf, noiseWarnings } from '@ws-arena/report/noise';
import { type PairedRatio, ratioOfPairs } from '@ws-arena/report/statistics/paired-ratio';
import type { SliceLine } from '@ws-arena/results/slice-line';
import { type Case, caseKey } from '@ws-arena/results/trial';
import { costOf } from '../measure/group-state.ts';
import { measureStage } from '../measure/measure-stage.ts';
import { type BenchConfig, benchConfig } from '../plan/bench-config.ts';
import { stagesOf } from '../plan/stages.ts';
import { Arena } from '../processes/arena.ts';
import { pinning } from '../processes/pinning.ts';

/** What the parts of the self-test need: processes that they start, and measuring as a run does it. */
export class Lab {
  readonly #pin: boolean;
  readonly interrupted: AbortSignal;

  constructor(pin: boolean, interrupted: AbortSignal) {
    this.#pin = pin;
    this.interrupted = interrupted;
  }

  /** @param changes what differs from the preset `quick`. Everything that `work` started has ended when this resolves. */
  async withArena<T>(changes: Partial<BenchConfig>, work: (arena: Arena) => Promise<T>): Promise<T> {
    const config = { ...benchConfig({ targets: 'ws' }), ...changes };
    const arena = new Arena(config, pinning(this.#pin), this.interrupted);
    try {
      return await work(arena);
    } finally {
      await arena.close(true);
    }
  }
}

/** A case without its target. */
export type Load = Pick<Case, 'scenario' | 'route' | 'params'>;

/** One load, as measured for each of the targets. */
export interface MeasuredLoad {
  readonly load: Load;
  /** Slices without a failure, by target. */
  readonly slices: ReadonlyMap<string, readonly SliceLine[]>;
}

/** Measures loads for targets of the self-test as a run does it, and keeps the slices in memory. @throws Error when a slice failed. */
export async function measureLoads(
  arena: Arena,
  targets: readonly Target[],
  loads: readonly Load[],
): Promise<MeasuredLoad[]> {
  const cases = loads.flatMap((load) => targets.map(({ name }): Case => ({ ...load, target: name })));
  const lines: SliceLine[] = [];
  const run = {
    cases,
    targets: new Map(targets.map((target) => [target.name, target])),
    before: [],
    startedMs: performance.now(),
  };
  for (const stage of stagesOf(cases, arena.config)) {
    await measureStage(arena, stage, run, { slice: (line) => lines.push(line), pass() {}, note() {} });
  }
  const failed = lines.find((line) => line.error !== undefined);
  if (failed) throw new Error(`${caseKey(cases[failed.case]!)}: ${failed.error}`);
  return loads.map((load, at) => ({
    load,
    slices: new Map(
      targets.map(({ name }, i) => [name, lines.filter((line) => line.case === at * targets.length + i)]),
    ),
  }));
}

/** Whether the machine was left alone meanwhile, which is when a power can be asked for; and a sentence where it was not. */
export function calm(measured: readonly MeasuredLoad[]): { readonly alone: boolean; readonly noise: string } {
  const slices = measured.flatMap((one) => [...one.slices.values()].flat());
  const noise = noiseOf(slices, availableParallelism());
  const doubts = noise ? noiseWarnings(noise).map(({ detail }) => detail) : [];
  return { alone: doubts.length === 0, noise: doubts.map((doubt) => `; ${doubt}`).join('') };
}

/** CPU per unit of `target` ÷ that of `baseline`, from the blocks that have both. */
export function costRatio({ slices }: MeasuredLoad, target: string, baseline: string): PairedRatio {
  const base = new Map(slices.get(baseline)!.map((line) => [line.block, costOf(line)]));
  return ratioOfPairs(slices.get(target)!.map((line) => [costOf(line), base.get(line.block) ?? 0]));
}
