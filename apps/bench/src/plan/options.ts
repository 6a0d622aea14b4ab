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
    about:
      'file that names servers of your own (default: arena.config.ts, if present; `bench init` writes one)',
  },
  base: {
    value: 'DIR',
    about:
      'another checkout of the config file’s folder: each target NAME is also measured from there, as NAME-base',
  },
  scenarios: { value: 'LIST', about: 'comma-separated scenarios' },
  routes: { value: 'LIST', about: `${routes.join(', ')}; the last three check tokens` },
  precision: {
    value: 'PERCENT',
    about: 'measure until the ratios are known to ± this much, with 95 % confidence',
  },
  seconds: { value: 'N', about: 'measure a case for at most this long for each target' },
  rounds: {
    value: 'N',
    about: 'how often hold, tokens and deploy are measured; an interval takes 6 rounds, or 6 replacements',
  },
  connections: {
    value: 'N',
    about: 'connections of load and echo; members of a room; largest step of hold; clients of deploy',
  },
  'payload-bytes': { value: 'LIST', about: 'message sizes' },
  rooms: {
    value: 'LIST',
    about: 'scenario rooms: rooms x members x messages a second to each, such as 10x50x60',
  },
  windows: { value: 'LIST', about: 'messages in flight on each connection' },
  rates: { value: 'LIST', about: 'scenario load: messages a second, instead of the steps of the preset' },
  'slice-ms': { value: 'N', about: 'length of a slice of load' },
  'backoff-ms': {
    value: 'N',
    about: 'deploy, storm and crash: how long a client waits before it first reconnects',
  },
  'max-fails': {
    value: 'LIST',
    about:
      'deploy, storm and crash: 1: Nginx leaves out an instance that refused a connection; 0 (default): it does not',
  },
  recovery: {
    value: 'LIST',
    about: 'deploy, storm and crash: yes: socket.io restores sessions from Redis; no: it does not',
  },
  instances: {
    value: 'N',
    about: 'server processes of each target; in the scenario rooms they share a Redis',
  },
  balance: {
    value: 'METHOD',
    about:
      'how Nginx spreads connections over instances: round-robin, ip_hash, least_conn, hash or "random two"',
  },
  upstreams: { value: 'LIST', about: 'how Nginx reaches the servers: tcp (default), unix' },
  'tls-versions': { value: 'LIST', about: 'route nginx-tls: 1.2, 1.3 (default 1.3)' },
  'tls-reuse': {
    value: 'LIST',
    about: 'route nginx-tls: clients resume TLS sessions: on, off (default on)',
  },
  'token-checks': {
    value: 'LIST',
    about: 'route nginx-auth: signature, introspection (default both)',
  },
  set: { value: 'NAME=VALUE', repeat: true, about: 'a setting of the servers, e.g. --set pingPeriodMs=5000' },
  baseline: { value: 'NAME', about: 'the target that the others are compared with (default: the first)' },
  out: { value: 'DIR', about: 'the run folder (default: runs/<time>)' },
  resume: {
    value: 'DIR',
    about: 'go on with an interrupted run; --precision, --seconds and --rounds may differ',
  },
  insecure: { about: 'do not verify the certificates of servers of your own' },
  'no-pin': { about: 'do not pin processes to CPUs' },
  json: { about: 'print report.json instead of the table' },
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
