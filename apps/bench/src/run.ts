import { goBinary } from '@ws-arena/contract/go-binary';
import { TargetUnavailable } from '@ws-arena/contract/target-unavailable';
import type { Target } from '@ws-arena/contract/targets';
import { nginxBinary } from '@ws-arena/infra/nginx-binary';
import type { TargetInfo } from '@ws-arena/results/environment';
import type { Report } from '@ws-arena/results/report-file';
import { RUN_SCHEMA_VERSION, type Run, type RunHeader } from '@ws-arena/results/run-file';
import { caseKey, type Trial } from '@ws-arena/results/trial';
import { Arena } from './arena.ts';
import { type BenchConfig, benchConfig } from './bench-config.ts';
import { calibrate } from './calibrate.ts';
import { expand } from './cases.ts';
import { appendConformance } from './conformance.ts';
import { environment } from './environment.ts';
import { type OptionValues, parseOptions } from './options.ts';
import { orAborted } from './or-aborted.ts';
import { order, type Turn } from './order.ts';
import { type Pinning, pinning } from './pinning.ts';
import { Progress } from './progress.ts';
import { RunFolder } from './run-folder.ts';
import { availableTarget, missingTarget, unaskedTargets } from './target-info.ts';
import { measure } from './trial.ts';
import { UsageError } from './usage-error.ts';
import { writeReports } from './write-reports.ts';

/** How a run ended. */
export interface RunOutcome {
  readonly folder: RunFolder;
  readonly report: Report;
  readonly failed: number;
  readonly interrupted: boolean;
  /** As in the last line of the run: what a resumed run took before included. */
  readonly elapsedMs: number;
}

/**
 * Plan, run, report.
 * @param argv the options as given; a resumed run takes those that it was begun with, but for `--rounds`.
 * @throws UsageError, ConfigError for what cannot be asked.
 */
export async function run(argv: readonly string[], interrupted: AbortSignal): Promise<RunOutcome> {
  const given = parseOptions(argv);
  if (given.resume !== undefined) refuseBesideResume(given);
  const resumed = typeof given.resume === 'string' ? RunFolder.open(given.resume) : undefined;
  const begunWith = resumed ? parseOptions(resumed.read().header.argv) : given;
  const config = benchConfig(given.rounds === undefined ? begunWith : { ...begunWith, rounds: given.rounds });
  const pins = pinning(config.pin);
  const arena = new Arena(config, pins, interrupted);
  const startedMs = performance.now();
  const before = resumed ? spentMs(resumed.read()) : 0;
  try {
    const folder =
      resumed ?? RunFolder.create(typeof given.out === 'string' ? given.out : undefined, new Date());
    if (resumed) await refuseOtherMachine(resumed, config, pins);
    else folder.append(await plan(arena, config, argv, interrupted));
    if (config.conformance) {
      const done = new Set(folder.read().conformance.map((line) => line.target));
      const left = config.targetList.filter(
        (target) => !done.has(target.name) && target.launch.kind !== 'remote',
      );
      await appendConformance(folder, left, interrupted);
    }
    const broken = folder.read().targets.filter((target) => target.reason?.startsWith(DID_NOT_START)).length;
    const failed = broken + (await go(arena, config, folder, interrupted, resumed !== undefined));
    const elapsedMs = Math.round(before + performance.now() - startedMs);
    if (!interrupted.aborted) folder.append({ type: 'end', finishedAt: new Date().toISOString(), elapsedMs });
    await arena.close(interrupted.aborted);
    return {
      folder,
      report: writeReports(folder, config.baseline),
      failed,
      interrupted: interrupted.aborted,
      elapsedMs,
    };
  } finally {
    await arena.close(true);
  }
}

/** Finds out what runs here, the rates to offer and the cases; the header holds it all, so that a run can be resumed. */
async function plan(
  arena: Arena,
  config: BenchConfig,
  argv: readonly string[],
  interrupted: AbortSignal,
): Promise<RunHeader> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const startedAt = new Date().toISOString();
  say(`starting ${config.targetList.map(({ name }) => name).join(', ')}`);
  const infos = new Map<Target, TargetInfo>();
  for (const target of config.targetList) {
    infos.set(target, await tryTarget(arena, target, say, interrupted));
  }
  const available = config.targetList.filter((target) => infos.get(target)?.available);
  const { routes, nginx } = await usableRoutes(config, say, interrupted);
  const usable = { ...config, targetList: available, routes };
  const rates = await calibrate(arena, usable, available, say, interrupted);
  // What a calibration that was cut short found would be offered to all the rounds of a resumed run.
  interrupted.throwIfAborted();
  return {
    type: 'run',
    schemaVersion: RUN_SCHEMA_VERSION,
    command: ['pnpm bench', ...argv].join(' '),
    argv,
    preset: config.preset,
    startedAt,
    environment: await environment(config, arena.pinning, nginx),
    targets: [...infos.values(), ...unaskedTargets(config.targetList)],
    cases: expand(usable, rates),
    rounds: config.rounds,
  };
}

/** How the reason of a target begins that can run here and did not: a failure, where a missing toolchain is none. */
const DID_NOT_START = 'did not start';

/** What the earlier legs of a run took at least: of one that was interrupted, its trials. */
function spentMs({ trials, end }: Run): number {
  const measuringMs = trials.reduce((sum, trial) => sum + trial.elapsedMs, 0);
  return Math.max(measuringMs, end?.elapsedMs ?? 0);
}

/** @throws UsageError for an option that a run has from its beginning. */
function refuseBesideResume(given: OptionValues): void {
  const allowed: readonly string[] = ['resume', 'rounds', 'json'];
  const other = Object.keys(given).find((name) => !allowed.includes(name));
  if (other)
    throw new UsageError(
      `--resume keeps the options of the run, and got --${other}; allowed: --rounds, --json`,
    );
}

/** @throws UsageError when the run was begun on another machine or Node.js: its rounds could not be compared. */
async function refuseOtherMachine(folder: RunFolder, config: BenchConfig, pins: Pinning): Promise<void> {
  const before = folder.read().header.environment;
  const now = await environment(config, pins, undefined);
  for (const name of ['cpuModel', 'cores', 'kernel', 'node'] as const) {
    if (before[name] === now[name]) continue;
    throw new UsageError(
      `--resume: the run was begun with ${name} ${before[name]}, and here it is ${now[name]}; begin a new run`,
    );
  }
}

async function tryTarget(
  arena: Arena,
  target: Target,
  say: (line: string) => void,
  interrupted: AbortSignal,
): Promise<TargetInfo> {
  try {
    // A first build of the Go baselines takes a while, and a silent program looks like a hung one.
    if (target.launch.kind === 'go') await orAborted(goBinary(target.launch.command), interrupted);
    const served = await arena.served(target, {}, false);
    return availableTarget(target, served.servers[0]?.ready);
  } catch (error) {
    interrupted.throwIfAborted();
    const reason = (error as Error).message;
    say(`${target.name} is left out: ${reason}`);
    if (!(error instanceof TargetUnavailable)) return missingTarget(target, `${DID_NOT_START}: ${reason}`);
    return missingTarget(target, reason);
  }
}

async function usableRoutes(
  config: BenchConfig,
  say: (line: string) => void,
  interrupted: AbortSignal,
): Promise<{
  routes: BenchConfig['routes'];
  nginx?: string;
}> {
  if (config.routes.every((route) => route === 'direct')) return { routes: config.routes };
  try {
    const { version } = await orAborted(nginxBinary(), interrupted);
    return { routes: config.routes, nginx: version };
  } catch (error) {
    interrupted.throwIfAborted();
    const reason = (error as Error).message;
    say(`the routes through Nginx are left out: ${reason}`);
    return { routes: config.routes.filter((route) => route === 'direct'), nginx: `none: ${reason}` };
  }
}

/** The new processes of a resumed run are as cold as those of its first leg were before the calibration. */
async function warmUp(
  arena: Arena,
  config: BenchConfig,
  { targets, cases }: RunHeader,
  interrupted: AbortSignal,
): Promise<void> {
  const available = new Set(targets.filter((target) => target.available).map(({ name }) => name));
  const targetList = config.targetList.filter(({ name }) => available.has(name));
  const routes = config.routes.filter((route) => cases.some((one) => one.route === route));
  const say = (line: string) => process.stderr.write(`${line}\n`);
  await calibrate(arena, { ...config, targetList, routes }, targetList, say, interrupted);
}

/** Measures every turn that has no good trial yet, after warming up what is `cold`; returns how many failed. */
async function go(
  arena: Arena,
  config: BenchConfig,
  folder: RunFolder,
  interrupted: AbortSignal,
  cold: boolean,
): Promise<number> {
  const { header, trials } = folder.read();
  const key = (turn: Turn | Trial) => `${turn.round} ${caseKey(turn.case)}`;
  const done = new Set(trials.filter((trial) => trial.error === undefined).map(key));
  const turns = order(header.cases, config).filter((turn) => !done.has(key(turn)));
  const byName = new Map(config.targetList.map((target) => [target.name, target]));
  if (cold && turns.length > 0) await warmUp(arena, config, header, interrupted);
  const progress = new Progress(turns.length);
  let failed = 0;
  for (const turn of turns) {
    if (interrupted.aborted) break;
    progress.begin(turn);
    try {
      const trial = await measure(
        arena,
        config,
        byName.get(turn.case.target)!,
        turn.case,
        turn.round,
        interrupted,
      );
      folder.append(trial);
      if (trial.error !== undefined) {
        failed += 1;
        progress.note(`${turn.case.target} ${turn.case.scenario} ${turn.case.route}: ${trial.error}`);
      }
    } catch (error) {
      if (!interrupted.aborted) throw error;
    }
    progress.end();
  }
  progress.close();
  return failed;
}
