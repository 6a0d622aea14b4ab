import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { commandOptionNames } from './fleet-options.ts';
import { helpText } from './help.ts';
import { checkName, redisUrl } from './parse-fleet.ts';
import type { CliTerminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { readWords, type Words } from './words.ts';

/** `loadgen agent` and `loadgen observe`, which work until they are told to end. */
export type FleetCommand = keyof typeof commandOptionNames;

/** Whether the first word of a command line is one of them. */
export function isFleetCommand(word: string | undefined): word is FleetCommand {
  return word !== undefined && Object.hasOwn(commandOptionNames, word);
}

/**
 * Does `command` with the words behind it.
 * @returns the exit code.
 * @throws UsageError for a wrong command line, Error in one sentence when Redis cannot be used, or there is nothing to observe.
 */
export async function fleetCommand(
  command: FleetCommand,
  argv: readonly string[],
  terminal: CliTerminal,
): Promise<number> {
  const words = readWords(argv);
  if (words.flag('help')) {
    terminal.out(helpText());
    return 0;
  }
  check(command, words);
  const name = words.text('name') || `${hostname()}-${process.pid}`;
  checkName('name', name);
  const stop = new AbortController();
  terminal.onInterrupt(() => stop.abort());
  const common = {
    redisUrl: redisUrl(words),
    name,
    stop: stop.signal,
    say: (text: string) => terminal.err(`${text}\n`),
  };
  if (command === 'observe') {
    const pids = toPids(words);
    const { runObserver } = await import('../fleet/observer.ts');
    await runObserver({ ...common, pids });
    return 0;
  }
  const { runAgent } = await import('../fleet/agent.ts');
  await runAgent({
    ...common,
    folder: resolve(words.text('files')),
    ...(words.flag('json') && {
      measured: (run, part, result) =>
        terminal.out(`${JSON.stringify({ agent: name, run, part, result })}\n`),
    }),
  });
  return 0;
}

function check(command: FleetCommand, words: Words): void {
  const own: readonly string[] = commandOptionNames[command];
  const other = words.names.find((name) => !own.includes(name));
  if (other !== undefined)
    throw new UsageError(
      `--${other} is none of the options of ${command}, which are ${own.map((one) => `--${one}`).join(', ')}`,
    );
  const [extra] = words.list('url');
  if (extra !== undefined)
    throw new UsageError(`${command} takes no ${JSON.stringify(extra)}: the run says what is loaded`);
}

function toPids(words: Words): readonly number[] {
  const pids = words.list('pid');
  const wrong = pids.find((pid) => !/^[1-9]\d*$/.test(pid));
  if (wrong !== undefined || pids.length === 0)
    throw new UsageError(
      `--pid is ${JSON.stringify(wrong ?? '')}; wanted: the id of a process of the server`,
    );
  return pids.map(Number);
}
