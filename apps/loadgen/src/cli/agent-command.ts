import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { agentOptionNames } from './fleet-options.ts';
import { helpText } from './help.ts';
import { redisUrl } from './parse-fleet.ts';
import type { CliTerminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { readWords } from './words.ts';

/**
 * `loadgen agent`: takes part in runs until it is told to end. With `--json` it prints what it measured itself of each.
 * @returns the exit code.
 * @throws UsageError for a wrong command line, Error in one sentence when Redis cannot be used.
 */
export async function agentCommand(argv: readonly string[], terminal: CliTerminal): Promise<number> {
  const words = readWords(argv);
  if (words.flag('help')) {
    terminal.out(helpText());
    return 0;
  }
  const other = words.names.find((name) => !agentOptionNames.some((one) => one === name));
  if (other !== undefined)
    throw new UsageError(
      `--${other} is none of the options of agent, which are ${agentOptionNames.map((one) => `--${one}`).join(', ')}`,
    );
  const [extra] = words.list('url');
  if (extra !== undefined)
    throw new UsageError(`agent takes no ${JSON.stringify(extra)}: the run says what is loaded`);
  const name = words.text('name') || `${hostname()}-${process.pid}`;
  const stop = new AbortController();
  terminal.onInterrupt(() => stop.abort());
  const { runAgent } = await import('../fleet/agent.ts');
  await runAgent({
    redisUrl: redisUrl(words),
    name,
    folder: resolve(words.text('files')),
    stop: stop.signal,
    say: (text) => terminal.err(`${text}\n`),
    ...(words.flag('json') && {
      measured: (run, part, result) =>
        terminal.out(`${JSON.stringify({ agent: name, run, part, result })}\n`),
    }),
  });
  return 0;
}
