import { parseArgs } from 'node:util';
import type { CliOption } from './cli-option.ts';
import { type CliOptionName, cliOption, cliOptionNames } from './options.ts';
import { parseDuration, parseNumber, parseSize } from './units.ts';
import { UsageError } from './usage-error.ts';

/** A command line, read: option values by name, as text still, defaults filled in. */
export interface Words {
  /** The scenario that `run` names. */
  readonly scenario: string | undefined;
  text(name: CliOptionName): string;
  list(name: CliOptionName): readonly string[];
  flag(name: CliOptionName): boolean;
  number(name: CliOptionName): number;
  given(name: CliOptionName): boolean;
  /** The options that were given. */
  readonly names: readonly CliOptionName[];
}

/** @throws UsageError for anything that is no option, or no value of it. */
export function readWords(argv: readonly string[]): Words {
  const options = Object.fromEntries(
    cliOptionNames.map((name) => {
      const { type } = cliOption(name);
      return [
        name,
        { type: type === 'flag' ? ('boolean' as const) : ('string' as const), multiple: type === 'list' },
      ];
    }),
  );
  // pnpm hands `--` through to the script.
  const args = argv.filter((word) => word !== '--');
  const parsed = parsedOrUsage(() =>
    parseArgs({ args, options, allowPositionals: true, allowNegative: true, strict: true }),
  );
  const [scenario, urls] = scenarioAndUrls(parsed.positionals);
  const values = parsed.values as Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  const text = (name: CliOptionName) => checked(name, String(values[name] ?? cliOption(name).default));
  const list = (name: CliOptionName) => {
    const given = values[name];
    const all = Array.isArray(given) ? (given as readonly string[]) : [];
    return name === 'url' ? [...all, ...urls] : all;
  };
  return {
    scenario,
    text,
    list,
    flag: (name) => text(name) === 'true',
    number: (name) => parseValue(cliOption(name), text(name), `--${name}`),
    given: (name) => values[name] !== undefined,
    names: cliOptionNames.filter((name) => values[name] !== undefined),
  };
}

/** `run` alone, before addresses, names no scenario. */
function scenarioAndUrls(words: readonly string[]): [string | undefined, readonly string[]] {
  const [command, name, ...urls] = words;
  if (command !== 'run') return [undefined, words];
  return name === undefined || /^wss?:/.test(name) ? [undefined, words.slice(1)] : [name, urls];
}

function parsedOrUsage<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const unknown = /Unknown option '([^']+)'/.exec(message)?.[1];
    if (unknown === undefined) throw new UsageError(message.split('\n')[0]!.replace(/\.$/, ''), { cause });
    throw new UsageError(
      `unknown option ${unknown}; the options are ${cliOptionNames.map((n) => `--${n}`).join(', ')}`,
      { cause },
    );
  }
}

function checked(name: CliOptionName, text: string): string {
  const { oneOf } = cliOption(name);
  if (oneOf && !oneOf.includes(text))
    throw new UsageError(`--${name} is ${JSON.stringify(text)}; wanted: ${oneOf.join(', ')}`);
  return text;
}

function parseValue(option: CliOption, text: string, source: string): number {
  if (option.type === 'duration') return parseDuration(text, source);
  return option.type === 'size' ? parseSize(text, source) : parseNumber(text, source);
}

/** The value of an option that takes whole numbers from `min` on. @throws UsageError for any other. */
export function whole(words: Words, name: CliOptionName, min: number): number {
  const value = words.number(name);
  if (!Number.isInteger(value) || value < min)
    throw new UsageError(`--${name} is ${value}; wanted: a whole number of at least ${min}`);
  return value;
}
