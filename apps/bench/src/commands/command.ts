/** A word after `pnpm bench` that does something else than a run. */
export interface Command {
  readonly name: string;
  /** The words after `pnpm bench`. */
  readonly usage: string;
  readonly about: string;
  /** @returns the exit code. */
  readonly run: (argv: readonly string[], interrupted: AbortSignal) => Promise<number>;
}
