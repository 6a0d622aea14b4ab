import type { TerminalOptions } from '@ws-arena/report/terminal';

/** How stdout wants to be written to: its width, and colour unless NO_COLOR is set or it is no terminal. */
export function terminalOptions(): TerminalOptions {
  return {
    columns: process.stdout.columns ?? 80,
    color: process.stdout.isTTY === true && !process.env.NO_COLOR,
  };
}
