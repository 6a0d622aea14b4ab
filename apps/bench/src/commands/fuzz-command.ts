import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attack, parseStep, stepText } from '@ws-arena/contract/fuzz/attack';
import { type FuzzOutcome, fuzz } from '@ws-arena/contract/fuzz/fuzz';
import { replay, reproduction } from '@ws-arena/contract/fuzz/reproduce';
import { type Deflate, deflates, type Harm } from '@ws-arena/contract/fuzz/victim';
import { provenTargets } from '@ws-arena/contract/suite/proven-targets';
import { TargetUnavailable } from '@ws-arena/contract/target-unavailable';
import { type Target, targetNamed } from '@ws-arena/contract/targets';
import { benchConfig } from '../plan/bench-config.ts';
import { parseOwnOptions } from '../plan/options.ts';
import { UsageError } from '../plan/usage-error.ts';
import { orAborted } from '../processes/or-aborted.ts';
import { RunFolder } from '../store/run-folder.ts';
import type { Command } from './command.ts';

const REDUCE_MS = 180_000;
const PROGRESS_MS = 60_000;
const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
/** A reproduction of more characters is only in its file. */
const SHOWN_CHARS = 4000;

/** `pnpm bench fuzz`: hostile clients made from a seed, until a server comes to harm. */
export const fuzzCommand: Command = {
  name: 'fuzz',
  usage: 'fuzz [--targets LIST] [--duration 1h] [--seed N] [--out DIR] | fuzz --replay FILE',
  about:
    'hostile handshakes, frames and packets from a seed: does a server die, starve other clients or leak?',
  run: async (argv, interrupted) => {
    const given = parseOwnOptions(argv, ['targets', 'duration', 'seed', 'out', 'replay']);
    const { targets, duration = '1m', seed = String(randomInt(2 ** 31)), out, replay } = given;
    if (replay !== undefined) return replayed(replay);
    const durationMs = millisecondsOf(duration);
    const folder = RunFolder.create(out, new Date(), 'fuzz');
    let healthy = true;
    for (const target of targetsOf(targets)) {
      if (interrupted.aborted) break;
      const hunts = deflates(target).map((deflate) => new Hunt(target, deflate, seed, folder));
      const ends = await Promise.all(hunts.map((hunt) => hunt.run(durationMs, interrupted)));
      healthy &&= ends.every((unharmed) => unharmed);
    }
    return healthy ? 0 : 1;
  },
};

/** One target with one configuration under attack for a time. */
class Hunt {
  readonly #target: Target;
  readonly #deflate: Deflate;
  readonly #seed: string;
  readonly #folder: RunFolder;
  /** What was found, each sort once. */
  readonly #sorts = new Set<string>();
  #attacks = 0;
  #harms = 0;

  constructor(target: Target, deflate: Deflate, seed: string, folder: RunFolder) {
    this.#target = target;
    this.#deflate = deflate;
    this.#seed = seed;
    this.#folder = folder;
  }

  /** @returns whether attacks were made, and none did harm. */
  async run(durationMs: number, interrupted: AbortSignal): Promise<boolean> {
    const startedAt = performance.now();
    /** One wave at least, however slowly the server starts. */
    const goOn = (attacks = 0) =>
      !interrupted.aborted && (this.#attacks + attacks === 0 || performance.now() - startedAt < durationMs);
    let toldAt = startedAt;
    let memory: readonly number[] = [];
    try {
      while (goOn()) {
        const outcome = await fuzz({
          target: this.#target,
          deflate: this.#deflate,
          seed: this.#seed,
          from: this.#attacks,
          goOn: (attacks) => {
            if (performance.now() - toldAt > PROGRESS_MS) {
              toldAt = performance.now();
              process.stderr.write(`${this.#name()}: ${this.#attacks + attacks} attacks\n`);
            }
            return goOn(attacks);
          },
        });
        this.#attacks += outcome.attacks;
        memory = outcome.memory;
        if (outcome.finding) await this.#tell(outcome.finding, interrupted);
      }
    } catch (error) {
      if (!(error instanceof TargetUnavailable)) throw error;
      process.stdout.write(`${this.#name()}: cannot run here: ${error.message}\n`);
      return false;
    }
    this.#sum(memory, performance.now() - startedAt);
    return this.#attacks > 0 && this.#harms === 0;
  }

  #name(): string {
    return `${this.#target.name}, deflate ${this.#deflate}, seed ${this.#seed}`;
  }

  #sum(memory: readonly number[], elapsedMs: number): void {
    const mib = [memory[0], memory.at(-1)].map((bytes) => Math.round((bytes ?? 0) / 2 ** 20));
    const harms = this.#harms === 0 ? 'no harm' : `harm ${this.#harms} times`;
    process.stdout.write(
      `${this.#name()}: ${this.#attacks} attacks in ${Math.round(elapsedMs / 1000)} s, ${harms}; memory ${mib[0]} MiB, at the end ${mib[1]} MiB\n`,
    );
  }

  async #tell(
    { harm, attacks }: NonNullable<FuzzOutcome['finding']>,
    interrupted: AbortSignal,
  ): Promise<void> {
    this.#harms += 1;
    const sort = `${harm.kind} ${/^(?:\w*Error|panic|fatal error):.*$/m.exec(harm.sentence)?.[0] ?? ''}`;
    if (this.#sorts.has(sort)) return;
    this.#sorts.add(sort);
    process.stdout.write(`${this.#name()}: ${harm.kind} within ${this.#attacks} attacks: ${harm.sentence}\n`);
    if (attacks.length === 0) return;
    const deadline = performance.now() + REDUCE_MS;
    const reducing = reproduction(
      attacks,
      async (fewer) => (await replay(this.#target, this.#deflate, fewer))?.kind === harm.kind,
      () => performance.now() < deadline,
    );
    const least = await orAborted(reducing, interrupted);
    const file = `${this.#target.name}-deflate-${this.#deflate}-${this.#sorts.size}.json`;
    const steps = (least ?? attacks).map((attack) => attack.map(stepText));
    const record: FuzzRecord = { target: this.#target.name, deflate: this.#deflate, harm, attacks: steps };
    const text = JSON.stringify(record, undefined, 1);
    this.#folder.write(file, `${text}\n`);
    process.stdout.write(
      `${least ? 'the smallest reproduction that was found' : 'it did not happen again with these attacks, which did it or came before it'}: pnpm bench fuzz --replay ${join(this.#folder.path, file)}\n`,
    );
    if (text.length <= SHOWN_CHARS) process.stdout.write(`${JSON.stringify(steps, undefined, 1)}\n`);
  }
}

/** A finding as it is written to a file. */
interface FuzzRecord {
  readonly target: string;
  readonly deflate: Deflate;
  readonly harm: Harm;
  readonly attacks: readonly (readonly string[])[];
}

async function replayed(file: string): Promise<number> {
  const { target, deflate, attacks } = recordIn(file);
  const harm = await replay(target, deflate, attacks);
  process.stdout.write(
    harm ? `${target.name}: ${harm.kind}: ${harm.sentence}\n` : `${target.name}: no harm\n`,
  );
  return harm ? 1 : 0;
}

function recordIn(file: string): { target: Target; deflate: Deflate; attacks: readonly Attack[] } {
  try {
    const { target: name, deflate, attacks } = JSON.parse(readFileSync(file, 'utf8')) as FuzzRecord;
    const target = targetNamed(name);
    if (!target) throw new Error(`there is no target "${name}"`);
    if (!deflates(target).includes(deflate)) throw new Error(`${name} has no deflate "${deflate}"`);
    return { target, deflate, attacks: attacks.map((steps) => steps.map(parseStep)) };
  } catch (cause) {
    throw new UsageError(`--replay is ${file}, and that is no finding of fuzz: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function targetsOf(names = provenTargets.map(({ name }) => name).join(',')): readonly Target[] {
  const { targetList } = benchConfig({ targets: names });
  const remote = targetList.find(({ launch }) => launch.kind === 'remote');
  if (remote)
    throw new UsageError(`fuzz attacks servers that it starts itself, and "${remote.name}" runs elsewhere`);
  return targetList;
}

function millisecondsOf(duration: string): number {
  const [, count, unit] = /^(\d+)([smh])$/.exec(duration) ?? [];
  if (count === undefined || Number(count) === 0)
    throw new UsageError(
      `--duration is "${duration}"; allowed: a whole number from 1 with s, m or h, e.g. 10m`,
    );
  return Number(count) * UNITS_MS[unit!]!;
}
