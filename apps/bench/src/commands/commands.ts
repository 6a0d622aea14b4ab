import { balanceCommand } from '../balance/balance-command.ts';
import { selftestCommand } from '../selftest/selftest-command.ts';
import { UsageError } from '../usage-error.ts';
import type { Command } from './command.ts';
import { conformanceCommand } from './conformance-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { compareCommand, readmeCommand, reportCommand } from './report-commands.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  compareCommand,
  reportCommand,
  conformanceCommand,
  balanceCommand,
  selftestCommand,
  doctorCommand,
  readmeCommand,
];

/** @throws UsageError when there is none of that name. */
export function commandNamed(name: string): Command {
  const command = commands.find((one) => one.name === name);
  if (command) return command;
  throw new UsageError(
    `unknown command "${name}"; allowed: ${commands.map((one) => one.name).join(', ')}, or options of a run`,
  );
}
