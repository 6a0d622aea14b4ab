import { parseArgs } from 'node:util';
import { wrap } from '@ws-arena/report/terminal-text';
import { routes } from '@ws-arena/results/trial';
import { UsageError } from './usage-error.ts';

interface OptionRow {
  readonly value?: string;
  readonly repeat?: true;
  readonly about: string;
}

/** Every option of `pnpm bench`; parsing and help are made from this table. */
export const optionTable = {
  preset: { value: 'NAME', about: 'smoke, quick (default), standard or full' },
  targets: {
    value: 'LIST',
    about: 'comma-separated names, or name=ws://host:port/path for a server of your own',
  },
  config: {
    value: 'FILE',
    about: 'servers of your own (default: arena.config.ts, where there is one; `bench init` writes it)',
  },
  base: {
    value: 'DIR',
    about:
      'another checkout of the config file’s folder: each NAME of it is also measured there, as NAME-base',
  },
  scenarios: { value: 'LIST', about: 'comma-separated scenarios' },
  routes: { value: 'LIST', about: `${routes.join(', ')}; the last three check tokens` },
  precision: {
    value: 'PERCENT',
    about: 'measure until the ratios are known to ± this much, with 95 % confidence',
  },
  seconds: { value: 'N', about: 'or until a case has used this much time for each target' },
  rounds: { value: 'N', about: 'how often hold is measured; fewer than 6 rounds have no interval' },
  connections: {
    value: 'N',
    about: 'connections of a session; members of a room; largest step of hold; clients of deploy',
  },
  'payload-bytes': { value: 'LIST', about: 'message sizes' },
  rooms: { value: 'LIST', about: 'of rooms: rooms x members x messages a second to each, such as 10x50x60' },
  windows: { value: 'LIST', about: 'messages in flight on each connection' },
  rates: { value: 'LIST', about: 'messages a second: the steps of load, instead of those of the preset' },
  'slice-ms': { value: 'N', about: 'length of a slice of load' },
  'backoff-ms': {
    value: 'N',
    about: 'of deploy, storm and crash: how long a client waits before its first attempt to come back',
  },
  'max-fails': {
    value: 'LIST',
    about:
      'of deploy, storm and crash: Nginx leaves an instance out that refused a connection, 1, or does not, 0 (default)',
  },
  recovery: {
    value: 'LIST',
    about: 'of deploy, storm and crash: socket.io restores sessions from Redis, yes, or does not, no',
  },
  instances: {
    value: 'N',
    about: 'server processes behind each target; in the scenario rooms several share a Redis',
  },
  balance: {
    value: 'METHOD',
    about: 'round-robin, ip_hash, least_conn, hash or "random two", for several instances',
  },
  upstreams: { value: 'LIST', about: 'how Nginx reaches the servers: tcp (default), unix' },
  'tls-versions': { value: 'LIST', about: 'of the route nginx-tls: 1.2, 1.3 (default 1.3)' },
  'tls-reuse': {
    value: 'LIST',
    about: 'of its handshakes: on, off, whether clients resume sessions (default on)',
  },
  'token-checks': {
    value: 'LIST',
    about: 'of the route nginx-auth: signature, introspection (default both)',
  },
  set: { value: 'NAME=VALUE', repeat: true, about: 'a setting of the servers, e.g. --set pingPeriodMs=5000' },
  baseline: { value: 'NAME', about: 'the target that the others are compared with (default: the first)' },
  out: { value: 'DIR', about: 'the run folder (default: runs/<time>)' },
  resume: {
    value: 'DIR',
    about: 'go on with a run that was interrupted, with other --precision, --seconds or --rounds',
  },
  insecure: { about: 'do not verify the certificates of servers of your own' },
  'no-pin': { about: 'leave the processes unpinned' },
  json: { about: 'print report.json on stdout instead of the table' },
  help: { about: 'this text' },
} as const satisfies Record<string, OptionRow>;

/** The name of an option, without its dashes. */
export type OptionName = keyof typeof optionTable;

/** The options as given: text, a list for repeated ones, true for flags. */
export type OptionValues = { readonly [K in OptionName]?: string | boolean | readonly string[] };

/** The table as help text, within 80 columns. */
export function optionHelp(): string {
  return Object.entries<OptionRow>(optionTable)
    .flatMap(([name, row]) => {
      const head = `  ${`--${name} ${row.value ?? ''}`.padEnd(24)} `;
      return wrap(row.about, 79, head, ' '.repeat(27));
    })
    .join('\n');
}

const allNames = Object.keys(optionTable) as OptionName[];

/**
 * Reads the options of a run, or of a command that takes only those of `names`.
 * @throws UsageError for an option that is unknown or not of the command, or a missing value.
 */
export function parseOptions(argv: readonly string[], names: readonly OptionName[] = allNames): OptionValues {
  const options = Object.fromEntries(
    names.map((name) => {
      const row: OptionRow = optionTable[name];
      return [
        name,
        { type: row.value ? ('string' as const) : ('boolean' as const), multiple: row.repeat ?? false },
      ];
    }),
  );
  return parsed(argv, options) as OptionValues;
}

/**
 * Reads the options of a command that has its own, each with a value.
 * @throws UsageError for another option, or a missing value.
 */
export function parseOwnOptions<Name extends string>(
  argv: readonly string[],
  names: readonly Name[],
): { readonly [K in Name]?: string } {
  return parsed(argv, Object.fromEntries(names.map((name) => [name, { type: 'string' }]))) as {
    [K in Name]?: string;
  };
}

function parsed(
  argv: readonly string[],
  options: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly multiple?: boolean }>>,
) {
  try {
    const args = argv[0] === '--' ? argv.slice(1) : argv;
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (cause) {
    const [sentence] = (cause as Error).message.split('. To ');
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`${sentence}; the options are ${known.join(', ')}`, { cause });
  }
}
