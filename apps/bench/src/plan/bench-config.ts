import type { OptionName as SettingName } from '@ws-arena/config/options';
import { options as settings } from '@ws-arena/config/options';
import { fromText, parseConfig } from '@ws-arena/config/parse-config';
import { full } from '@ws-arena/contract/capabilities';
import { type Target, targetNamed, targets } from '@ws-arena/contract/targets';
import { type BalanceMethod, balanceMethods } from '@ws-arena/infra/balance-method';
import { readMachine } from '@ws-arena/infra/machine-reading';
import { replacingScenarios, routes, type Scenario, scenarios } from '@ws-arena/results/trial';
import type { OptionValues } from './options.ts';
import { type Ladder, type Preset, type PresetName, presets } from './presets.ts';
import { type TlsChoice, tlsReuses, tlsVersions } from './tls-choice.ts';
import { asksTokens, checkingRoutes, type TokenChoice, tokenChecks } from './token-choice.ts';
import { type UpstreamChoice, upstreamKinds } from './upstream-choice.ts';
import { UsageError } from './usage-error.ts';

/** Scenarios that are never proxied: their question is the server's alone. */
const directOnly: readonly Scenario[] = ['deflate', 'http'];

/** What a run is asked to do, checked. */
export interface BenchConfig extends Preset, TlsChoice, TokenChoice, UpstreamChoice {
  readonly preset: PresetName;
  readonly targetList: readonly Target[];
  readonly instances: number;
  /** Descriptors that a process may have. */
  readonly descriptors: number;
  readonly balance: BalanceMethod;
  /** Settings that differ from the defaults, for every server. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly baseline: string;
  readonly pin: boolean;
  /** Certificates of remote targets are verified, unless the user wants otherwise. */
  readonly verify: boolean;
}

/**
 * Checks the options of a run and fills in the preset's values.
 * @param own targets of a config file; without --targets they are measured beside those of the preset.
 * @throws UsageError for a name or number that is not allowed; ConfigError for a setting that is not.
 */
export function benchConfig(given: OptionValues, own: readonly Target[] = []): BenchConfig {
  const taken = own.find(({ name }) => targetNamed(name));
  if (taken)
    throw new UsageError(`the config file names a target "${taken.name}", which is a target of this project`);
  const presetName = oneOf('preset', text(given.preset) ?? 'quick', Object.keys(presets)) as PresetName;
  const preset: Preset = presets[presetName];
  const targetList = text(given.targets)
    ?.split(',')
    .map((word) => targetFrom(word, own)) ?? [...defaultTargets(preset), ...own];
  const twice = targetList.find((target, i) => targetList.findIndex((one) => one.name === target.name) !== i);
  if (twice) throw new UsageError(`--targets names "${twice.name}" twice; each name stands for one row`);
  const connections = number(given, 'connections') ?? preset.connections;
  const rounds = number(given, 'rounds');
  const instances = number(given, 'instances') ?? 1;
  const targetSeconds = number(given, 'seconds');
  const precision = number(given, 'precision');
  const asked = {
    scenarios: several('scenario', given.scenarios, scenarios) ?? preset.scenarios,
    routes: several('route', given.routes, routes) ?? preset.routes,
  };
  refuseTlsWithout(given, asked);
  if (asked.scenarios.includes('tokens') && !asksTokens(asked.routes))
    throw new UsageError(
      `the scenario tokens needs one of the routes ${checkingRoutes.join(', ')}, and the routes are ${asked.routes.join(', ')}`,
    );
  const direct = asked.routes.every((route) => route === 'direct');
  if (direct && given.upstreams !== undefined)
    throw new UsageError('--upstreams needs a route through Nginx, and --routes is direct');
  const unproxied = replacingScenarios.find((name) => direct && list(given.scenarios)?.includes(name));
  if (unproxied)
    throw new UsageError(
      `${unproxied} needs a proxy before its instances, and --routes is direct; allowed: nginx, nginx-tls`,
    );
  if (given['token-checks'] !== undefined && !asked.routes.includes('nginx-auth'))
    throw new UsageError(
      `--token-checks needs the route nginx-auth, and the routes are ${asked.routes.join(', ')}`,
    );
  if (given.balance !== undefined && instances === 1)
    throw new UsageError('--balance needs several instances, and --instances is 1');
  return {
    ...preset,
    ...asked,
    preset: presetName,
    targetList,
    upstreams: several('kind of upstream', given.upstreams, upstreamKinds) ?? ['tcp'],
    tlsVersions: several('TLS version', given['tls-versions'], tlsVersions) ?? ['1.3'],
    tokenChecks: several('token check', given['token-checks'], tokenChecks) ?? tokenChecks,
    tlsReuse: several('value of --tls-reuse', given['tls-reuse'], tlsReuses) ?? ['on'],
    proxied:
      given.routes === undefined ? preset.proxied : scenarios.filter((name) => !directOnly.includes(name)),
    rounds: rounds ?? preset.rounds,
    deployRounds: rounds ?? preset.deployRounds,
    halfWidth: precision === undefined ? preset.halfWidth : precision / 100,
    targetMs: targetSeconds === undefined ? preset.targetMs : targetSeconds * 1000,
    connections,
    replaced: given.connections === undefined ? preset.replaced : { ...preset.replaced, connections },
    backoffMs: number(given, 'backoff-ms') ?? preset.backoffMs,
    maxFails: several('value of --max-fails', given['max-fails'], ['0', '1'])?.map(Number) ?? preset.maxFails,
    recovery: several('value of --recovery', given.recovery, ['no', 'yes'] as const) ?? preset.recovery,
    holdSteps: given.connections === undefined ? preset.holdSteps : thirds(connections),
    broadcasts:
      given.connections === undefined
        ? preset.broadcasts
        : preset.broadcasts.slice(0, 1).map((room) => ({ ...room, members: connections })),
    rooms: roomsFrom(given) ?? preset.rooms,
    roomInstances: given.instances === undefined ? preset.roomInstances : [instances],
    payloadBytes: numbers(given, 'payload-bytes') ?? preset.payloadBytes,
    windows: numbers(given, 'windows') ?? preset.windows,
    ladder: ladderOf(numbers(given, 'rates'), preset),
    sliceMs: number(given, 'slice-ms') ?? preset.sliceMs,
    instances,
    descriptors: readMachine().descriptors,
    balance: oneOf('balancing method', text(given.balance) ?? 'round-robin', balanceMethods) as BalanceMethod,
    settings: settingsFrom(given.set as readonly string[] | undefined),
    baseline: oneOf(
      'baseline',
      text(given.baseline) ?? targetList[0]!.name,
      targetList.map((t) => t.name),
    ),
    pin: given['no-pin'] !== true,
    verify: given.insecure !== true,
  };
}

function defaultTargets(preset: Preset): readonly Target[] {
  const kinds = preset.targets === 'typescript' ? ['reference'] : ['reference', 'baseline'];
  return targets.filter((target) => kinds.includes(target.kind));
}

function targetFrom(word: string, own: readonly Target[]): Target {
  const configured = own.find(({ name }) => name === word);
  if (configured) return configured;
  const remote = /^([\w-]+)=(wss?:\/\/.+)$/.exec(word);
  if (remote) {
    const [, name, url] = remote;
    return {
      name: name!,
      library: url!,
      language: 'unknown',
      kind: 'remote',
      launch: { kind: 'remote', url: url! },
      capabilities: full,
    };
  }
  const names = [...own, ...targets].map((target) => target.name);
  return targetNamed(oneOf('target', word, names, ', or name=ws://host:port/path'))!;
}

function oneOf(what: string, got: string, allowed: readonly string[], also = ''): string {
  if (allowed.includes(got)) return got;
  throw new UsageError(`unknown ${what} "${got}"; allowed: ${allowed.join(', ')}${also}`);
}

/** The words of a list, each once. */
function several<T extends string>(
  what: string,
  given: OptionValues[keyof OptionValues],
  allowed: readonly T[],
) {
  const words = list(given)?.map((word) => oneOf(what, word, allowed) as T);
  return words && [...new Set(words)];
}

/** @throws UsageError for a parameter of TLS that no case of the run would have. */
function refuseTlsWithout(given: OptionValues, asked: Pick<Preset, 'routes' | 'scenarios'>): void {
  const { routes, scenarios } = asked;
  for (const name of ['tls-versions', 'tls-reuse'] as const) {
    if (given[name] !== undefined && !routes.includes('nginx-tls'))
      throw new UsageError(`--${name} needs the route nginx-tls, and the routes are ${routes.join(', ')}`);
  }
  if (given['tls-reuse'] !== undefined && !scenarios.includes('connect'))
    throw new UsageError(
      `--tls-reuse needs the scenario connect, and the scenarios are ${scenarios.join(', ')}`,
    );
}

const text = (value: OptionValues[keyof OptionValues]): string | undefined =>
  typeof value === 'string' ? value : undefined;

const list = (value: OptionValues[keyof OptionValues]): string[] | undefined => text(value)?.split(',');

function numbers(given: OptionValues, name: keyof OptionValues): number[] | undefined {
  return list(given[name])?.map((word) => {
    const value = Number(word);
    if (Number.isInteger(value) && value > 0) return value;
    throw new UsageError(`--${name} is "${word}"; allowed: whole numbers from 1`);
  });
}

function number(given: OptionValues, name: keyof OptionValues): number | undefined {
  const values = numbers(given, name);
  if (values && values.length > 1)
    throw new UsageError(`--${name} takes one number, and got ${values.length}`);
  return values?.[0];
}

/** Rates that were asked for are those of every ladder. */
function ladderOf(rates: readonly number[] | undefined, preset: Preset): Preset['ladder'] {
  if (!rates) return preset.ladder;
  const ladder: Ladder = { spread: rates, burst: rates };
  return { direct: ladder, proxied: ladder };
}

function roomsFrom(given: OptionValues): Preset['rooms'] | undefined {
  return list(given.rooms)?.map((word) => {
    const [rooms = 0, members = 0, hz = 0] = word.split('x').map(Number);
    if (/^\d+x\d+x\d+$/.test(word) && rooms * members * hz > 0) return { rooms, members, hz };
    throw new UsageError(
      `--rooms is "${word}"; allowed: rooms x members x messages a second to each, such as 10x50x60`,
    );
  });
}

function thirds(connections: number): number[] {
  return [1, 2, 3].map((third) => Math.max(third, Math.round((connections * third) / 3)));
}

function settingsFrom(words: readonly string[] = []): Record<string, unknown> {
  const values = Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      const name = word.slice(0, Math.max(0, at));
      if (!(name in settings)) {
        throw new UsageError(
          `--set is "${word}"; allowed: name=value with a name of ${Object.keys(settings).join(', ')}`,
        );
      }
      return [name, fromText(name as SettingName, word.slice(at + 1), `--set ${name}`)];
    }),
  );
  parseConfig(values);
  return values;
}
