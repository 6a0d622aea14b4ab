import type { Target } from '@ws-arena/contract/targets';
import type { Report } from '@ws-arena/results/report-file';
import { RUN_SCHEMA_VERSION, type Run, type RunHeader } from '@ws-arena/results/run-file';
import { jobsToDo, measureJobs } from './measure/jobs.ts';
import { measureStage, stageMs } from './measure/measure-stage.ts';
import { ownTargets } from './plan/arena-config.ts';
import { type BenchConfig, benchConfig } from './plan/bench-config.ts';
import { expand } from './plan/cases.ts';
import { type OptionName, type OptionValues, parseOptions } from './plan/options.ts';
import { stagesOf } from './plan/stages.ts';
import { UsageError } from './plan/usage-error.ts';
import { Arena } from './processes/arena.ts';
import { pinning } from './processes/pinning.ts';
import { usableOverRedis, usableRoutes, usableTargets } from './processes/usable.ts';
import { Progress } from './progress.ts';
import { commandLine, withoutFolder } from './store/command-line.ts';
import { appendConformance } from './store/conformance.ts';
import { environment } from './store/environment.ts';
import { RunFolder } from './store/run-folder.ts';
import { unaskedTargets } from './store/target-info.ts';
import { writeReports } from './store/write-reports.ts';

/** How a run ended. */
export interface RunOutcome {
  readonly folder: RunFolder;
  readonly report: Report;
  /** Cases and targets that could not be measured. */
  readonly failed: number;
  readonly interrupted: boolean;
  /** As in the last line of the run: what a resumed run took before included. */
  readonly elapsedMs: number;
}

/** A run under way: what was asked, what runs, and where it is stored. */
interface Running {
  readonly config: BenchConfig;
  readonly arena: Arena;
  readonly folder: RunFolder;
  readonly progress: Progress;
  readonly startedMs: number;
}

/**
 * Plan, run, report.
 * @param argv the options as given; a resumed run takes those that it was begun with, but for those of `resumable`.
 * @throws UsageError, ConfigError for what cannot be asked; FolderError when the results cannot be kept.
 */
export async function run(argv: readonly string[], interrupted: AbortSignal): Promise<RunOutcome> {
  const { config, folder, resumed } = await begin(argv);
  const arena = new Arena(config, pinning(config.pin), interrupted);
  const startedMs = performance.now() - (resumed ? spentMs(resumed) : 0);
  const running: Running = { config, arena, folder, progress: new Progress(), startedMs };
  try {
    if (resumed) await refuseOtherMachine(running, resumed);
    else folder.append(await plan(running, argv));
    await conform(running);
    await measureStages(running);
    await measureJobs(running);
    const elapsedMs = Math.round(performance.now() - startedMs);
    if (!interrupted.aborted) folder.append({ type: 'end', finishedAt: new Date().toISOString(), elapsedMs });
    await arena.close(interrupted.aborted);
    const report = writeReports(folder, config.baseline);
    return { folder, report, failed: failures(folder.read()), interrupted: interrupted.aborted, elapsedMs };
  } finally {
    running.progress.close();
    await arena.close(true);
  }
}

/** Options that a resumed run may have others of than it was begun with. */
const resumable: readonly OptionName[] = ['precision', 'seconds', 'rounds'];

async function begin(
  argv: readonly string[],
): Promise<{ config: BenchConfig; folder: RunFolder; resumed?: Run }> {
  const given = parseOptions(argv);
  if (given.resume === undefined) {
    const config = benchConfig(given, await ownOf(given));
    return { config, folder: RunFolder.create(given.out as string | undefined, new Date()) };
  }
  refuseBesideResume(given);
  const folder = RunFolder.open(given.resume as string);
  folder.mend();
  const resumed = folder.read();
  const changed = Object.fromEntries(resumable.flatMap((name) => (given[name] ? [[name, given[name]]] : [])));
  const begun = { ...parseOptions(resumed.header.argv), ...changed };
  return { config: benchConfig(begun, await ownOf(begun)), folder, resumed };
}

function ownOf({ config, base }: OptionValues): Promise<Target[]> {
  return ownTargets(config as string | undefined, base as string | undefined);
}

/** @throws UsageError for an option that a run has from its beginning. */
function refuseBesideResume(given: OptionValues): void {
  const allowed: readonly string[] = ['resume', 'json', ...resumable];
  const other = Object.keys(given).find((name) => !allowed.includes(name));
  if (other === undefined) return;
  const names = allowed.slice(1).map((name) => `--${name}`);
  throw new UsageError(
    `--resume keeps the options of the run, and got --${other}; allowed: ${names.join(', ')}`,
  );
}

/** Finds out what runs here, and the cases; the header holds it all, so that a run can be resumed. */
async function plan({ config, arena, progress }: Running, argv: readonly string[]): Promise<RunHeader> {
  const startedAt = new Date().toISOString();
  progress.note(`starting ${config.targetList.map(({ name }) => name).join(', ')}`);
  const infos = await usableTargets(arena, (sentence) => progress.note(sentence));
  const { routes, ...nginx } = await usableRoutes(arena, (sentence) => progress.note(sentence));
  const { redis, ...overRedis } = await usableOverRedis(arena, (sentence) => progress.note(sentence));
  const available = config.targetList.filter(({ name }) =>
    infos.some((one) => one.name === name && one.available),
  );
  arena.interrupted.throwIfAborted();
  return {
    type: 'run',
    schemaVersion: RUN_SCHEMA_VERSION,
    command: commandLine('pnpm bench', argv),
    argv: withoutFolder(argv),
    preset: config.preset,
    startedAt,
    environment: await environment(config, arena.pinning, {
      ...nginx,
      ...(redis !== undefined && { redis }),
    }),
    targets: [...infos, ...unaskedTargets(config.targetList)],
    cases: expand({ ...config, targetList: available, routes, ...overRedis }),
    rounds: config.rounds,
    precision: { halfWidth: config.halfWidth, p99BoundMs: config.p99BoundMs },
  };
}

/** The RFC table of every target that has none yet. */
async function conform({ config, arena, folder, progress }: Running): Promise<void> {
  if (!config.conformance) return;
  const { targets, conformance } = folder.read();
  const left = config.targetList.filter(
    ({ name, launch }) =>
      launch.kind !== 'remote' &&
      launch.kind !== 'command' &&
      targets.some((one) => one.name === name && one.available) &&
      !conformance.some((line) => line.target === name),
  );
  if (left.length > 0) progress.note(`the RFC table of ${left.map(({ name }) => name).join(', ')}`);
  await appendConformance(folder, left, arena.interrupted);
}

/** Everything that is measured in slices. */
async function measureStages({ config, arena, folder, progress, startedMs }: Running): Promise<void> {
  const { header, slices } = folder.read();
  const stages = stagesOf(header.cases, config);
  const targets = new Map(config.targetList.map((target) => [target.name, target]));
  const jobsMs = jobsToDo(folder.read(), config).reduce((sum, job) => sum + job.expectedMs, 0);
  const costs = stages.map(({ groups }) => stageMs(groups, config.targetMs));
  for (const [i, stage] of stages.entries()) {
    if (arena.interrupted.aborted) return;
    const laterMs = costs.slice(i + 1).reduce((sum, ms) => sum + ms, jobsMs);
    progress.begin(stage.name, costs[i]!, laterMs);
    await measureStage(
      arena,
      stage,
      { cases: header.cases, targets, before: slices, startedMs },
      {
        slice: (line) => folder.append(line),
        pass: (pass, groups, leftMs) => progress.pass(pass, groups, leftMs),
        note: (sentence) => progress.note(sentence),
      },
    ).catch((error: unknown) => {
      if (!arena.interrupted.aborted) throw error;
    });
  }
}

/** Targets that did not start, and cases of which some slice or round failed. */
function failures({ targets, slices, trials }: Run): number {
  const broken = targets.filter((target) => target.failed).length;
  const sliced = new Set(slices.filter(({ error }) => error !== undefined).map((line) => line.case)).size;
  return broken + sliced + trials.filter(({ error }) => error !== undefined).length;
}

/** What the earlier legs of a run took at least: of one that was interrupted, until its last slice, and its trials. */
function spentMs({ slices, trials, end }: Run): number {
  const slicingMs = slices.reduce((latest, { atMs }) => Math.max(latest, atMs), 0);
  const jobsMs = trials.reduce((sum, trial) => sum + trial.elapsedMs, 0);
  return Math.max(slicingMs + jobsMs, end?.elapsedMs ?? 0);
}

/** @throws UsageError when the run was begun on another machine or Node.js: its blocks could not be compared. */
async function refuseOtherMachine({ config, arena }: Running, { header }: Run): Promise<void> {
  const now = await environment(config, arena.pinning);
  for (const name of ['cpuModel', 'cores', 'kernel', 'node'] as const) {
    const before = header.environment[name];
    if (before === now[name]) continue;
    throw new UsageError(
      `--resume: the run was started with ${name} ${before}, and here it is ${now[name]}; start a new run`,
    );
  }
}
