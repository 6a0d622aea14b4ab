import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { ConfigError } from './config-error.ts';
import { brokenInvariants } from './invariants.ts';
import { type OptionName, optionNames, options, type ServerConfig } from './options.ts';

/** The environment variable of a setting: `pingPeriodMs` is `WS_PING_PERIOD_MS`. The Go baselines use the same rule. */
export function envName(name: OptionName): string {
  return `WS_${name.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}`;
}

/** The command-line flag of a setting: `pingPeriodMs` is `--ping-period-ms`. */
export function flagName(name: OptionName): string {
  return `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
}

/**
 * Checks `values` against the schema and the invariants, with defaults for what is absent.
 * @throws ConfigError for an unknown key, a wrong type or range, or a broken invariant.
 */
export function parseConfig(values: Readonly<Record<string, unknown>> = {}): ServerConfig {
  const config: Record<string, unknown> = {};
  for (const key of Object.keys(values)) {
    if (!(key in options)) {
      throw new ConfigError(
        `unknown setting ${JSON.stringify(key)}; the settings are ${optionNames.join(', ')}`,
      );
    }
  }
  for (const name of optionNames) {
    const given = values[name];
    config[name] = given === undefined ? options[name].default : checked(name, given);
  }
  const broken = brokenInvariants(config as ServerConfig);
  if (broken.length > 0) throw new ConfigError(broken.join('; '));
  return config as ServerConfig;
}

function checked(name: OptionName, value: unknown): unknown {
  const result = v.safeParse(options[name].schema as v.GenericSchema, value);
  if (result.success) return result.output;
  const wanted = result.issues.map((issue) => issue.message).join(', ');
  throw new ConfigError(`${name} is ${JSON.stringify(value)}; wanted: ${wanted} (${options[name].about})`);
}

/**
 * Reads the settings that stand in `env` under their `WS_` names.
 * @throws ConfigError for a `WS_` variable that is no setting, or text that is not of the setting's type.
 */
export function fromEnv(env: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const byEnv = new Map(optionNames.map((name) => [envName(name), name]));
  const values: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(env)) {
    if (!key.startsWith('WS_') || text === undefined) continue;
    const name = byEnv.get(key);
    if (!name) {
      throw new ConfigError(
        `unknown environment variable ${key}; the settings are ${[...byEnv.keys()].join(', ')}`,
      );
    }
    values[name] = fromText(name, text, key);
  }
  return values;
}

/**
 * Reads a setting from text, as a flag or an environment variable gives it.
 * @param source how the error names where the text came from.
 * @throws ConfigError for text that is not of the setting's type; a unit is refused, because the name states it.
 */
export function fromText(name: OptionName, text: string, source: string): unknown {
  const sample: unknown = options[name].default;
  if (typeof sample === 'string') return text;
  if (Array.isArray(sample))
    return text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  if (typeof sample === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true';
    throw new ConfigError(`${source} is ${JSON.stringify(text)}; wanted: true or false`);
  }
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  const unit = name.endsWith('Ms') ? ' of milliseconds' : name.endsWith('Bytes') ? ' of bytes' : '';
  throw new ConfigError(
    `${source} is ${JSON.stringify(text)}; wanted: a plain number${unit}, without a unit`,
  );
}

/** The environment variables that give `config` to a server process, so that `fromEnv` reads it back the same. */
export function toEnv(config: ServerConfig): Record<string, string> {
  return Object.fromEntries(optionNames.map((name) => [envName(name), String(config[name])]));
}

/**
 * The settings in a JSON file: an object whose keys are setting names.
 * @throws ConfigError when it cannot be read or is not an object.
 */
export function fromFile(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ConfigError(`cannot read the config file ${path}: ${(cause as Error).message}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError(`the config file ${path} must hold one JSON object of settings`);
  }
  return value as Record<string, unknown>;
}

/**
 * The configuration of a process: defaults, then the file named by `--config`, then the environment, then flags.
 * @param argv the arguments after the script's name, `--port 8000` or `--port=8000`.
 * @throws ConfigError for anything that is not a setting or cannot work.
 */
export function loadConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ServerConfig {
  const byFlag = new Map(optionNames.map((name) => [flagName(name), name]));
  const flags: Record<string, unknown> = {};
  let file: Record<string, unknown> = {};
  const words = argv.flatMap((word) => {
    const at = word.indexOf('=');
    return word.startsWith('--') && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word];
  });
  for (let i = 0; i < words.length; i += 1) {
    const flag = words[i]!;
    if (flag === '--') continue;
    const name = byFlag.get(flag);
    const value = words[i + 1];
    if (!name && flag !== '--config') {
      throw new ConfigError(
        `unknown option ${flag}; the options are --config, ${[...byFlag.keys()].join(', ')}`,
      );
    }
    if (value === undefined) throw new ConfigError(`${flag} needs a value`);
    if (name) flags[name] = fromText(name, value, flag);
    else file = fromFile(value);
    i += 1;
  }
  return parseConfig({ ...file, ...fromEnv(env), ...flags });
}
