import type { Run } from '@ws-arena/results/run-file';
import { type Case, caseKey, groupKey, type Scenario } from '@ws-arena/results/trial';
import type { BenchConfig } from '../plan/bench-config.ts';
import { jobLoad } from '../plan/job-loads.ts';
import { jobsOf } from '../plan/stages.ts';
import type { Arena } from '../processes/arena.ts';
import type { Progress } from '../progress.ts';
import type { RunFolder } from '../store/run-folder.ts';
import { measureJob } from './measure-job.ts';

/** One trial to be measured. */
interface JobToDo {
  readonly case: Case;
  readonly round: number;
  readonly expectedMs: number;
}

const onceOnly: readonly Scenario[] = ['limit', 'slow', 'storm', 'crash'];

/** What a server accepts at most is the same in every round, and what a crash loses is counted and no sample. */
function roundsOf(scenario: Scenario, { rounds, deployRounds }: BenchConfig): number {
  if (scenario === 'deploy') return deployRounds;
  return onceOnly.includes(scenario) ? 1 : rounds;
}

/** What has no good trial yet: rounds outermost, and the first target changes from round to round. */
export function jobsToDo({ header, trials }: Run, config: BenchConfig): JobToDo[] {
  const done = new Set(
    trials.filter(({ error }) => error === undefined).map((trial) => `${trial.round} ${caseKey(trial.case)}`),
  );
  const groups = Map.groupBy(
    jobsOf(header.cases).map((job) => job.case),
    groupKey,
  );
  return Array.from({ length: Math.max(config.rounds, config.deployRounds) }, (_, round) =>
    [...groups.values()].flatMap((group) =>
      round < roundsOf(group[0]!.scenario, config)
        ? group.map((_, i) => {
            const one = group[(i + round) % group.length]!;
            return { case: one, round, expectedMs: expectedMs(one, config) };
          })
        : [],
    ),
  )
    .flat()
    .filter((job) => !done.has(`${job.round} ${caseKey(job.case)}`));
}

/** What becomes of expired and revoked tokens, in milliseconds. */
const TOKENS_MS = 9000;

/** Start and end of a server, the window, and of a `hold` its steps. */
function expectedMs(one: Case, config: BenchConfig): number {
  const START_MS = 1500;
  const { spec, replacement } = jobLoad(one, config);
  const { load, warmupMs, drainMs } = spec;
  const durationMs = replacement?.expectedMs ?? spec.durationMs;
  if (load.kind === 'limit') return START_MS;
  if (one.scenario === 'tokens') return START_MS + warmupMs + durationMs + TOKENS_MS;
  if (load.kind !== 'hold') return START_MS + warmupMs + durationMs + drainMs;
  const fillMs = (load.steps.at(-1)! / load.rampPerSec) * 1000;
  return START_MS + 2 * fillMs + load.steps.length * load.settleMs + load.holdMs;
}

/** Measures everything that is measured in trials and has no good one yet. */
export async function measureJobs(running: {
  readonly config: BenchConfig;
  readonly arena: Arena;
  readonly folder: RunFolder;
  readonly progress: Progress;
}): Promise<void> {
  const { config, arena, folder, progress } = running;
  const jobs = jobsToDo(folder.read(), config);
  const targets = new Map(config.targetList.map((target) => [target.name, target]));
  let leftMs = jobs.reduce((sum, job) => sum + job.expectedMs, 0);
  for (const { case: one, round, expectedMs } of jobs) {
    if (arena.interrupted.aborted) return;
    leftMs -= expectedMs;
    const name = `${one.scenario} ${one.target} ${one.route}`;
    progress.begin(name, expectedMs, leftMs);
    try {
      const trial = await measureJob(arena, targets.get(one.target)!, one, round);
      folder.append(trial);
      if (trial.error !== undefined) progress.note(`${name}: ${trial.error}`);
    } catch (error) {
      if (!arena.interrupted.aborted) throw error;
    }
  }
}
