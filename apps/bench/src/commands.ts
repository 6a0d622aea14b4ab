import { UsageError } from './usage-error.ts';

/** A word after `pnpm bench` that does something else than a run. */
export interface Command {
  readonly name: string;
  readonly about: string;
  /** @returns the exit code. */
  readonly run: (argv: readonly string[], interrupted: AbortSignal) => Promise<number>;
}

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [];

/** @throws UsageError when there is none of that name. */
export function commandNamed(name: string): Command {
  const command = commands.find((one) => one.name === name);
  if (command) return command;
  throw new UsageError(
    `unknown command "${name}"; allowed: ${commands.map((one) => one.name).join(', ')}, or options of a run`,
  );
}
