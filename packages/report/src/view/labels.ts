import {
  type Params,
  type Route,
  replacingScenarios,
  type Scenario,
  trialScenarios,
} from '@ws-arena/results/trial';
import { scaled } from './scale.ts';

const scenarioTitles: Readonly<Record<Scenario, string>> = {
  load: 'Load, open loop',
  echo: 'Echo, closed loop',
  broadcast: 'Broadcast to a room',
  rooms: 'Rooms',
  connect: 'Handshakes',
  deflate: 'permessage-deflate',
  http: 'HTTP requests',
  hold: 'Idle connections',
  limit: 'Message size limit',
  tokens: 'Tokens',
  deploy: 'Instances replaced one by one (SIGTERM)',
  storm: 'Instances replaced at once (SIGTERM)',
  crash: 'Instances killed one by one (SIGKILL)',
  slow: 'A room with slow readers',
  mixed: 'Echoes beside a neighbour',
};

/** A scenario's heading. */
export function scenarioTitle(scenario: Scenario): string {
  return scenarioTitles[scenario] ?? scenario;
}

const routeTitles: Readonly<Record<Route, string>> = {
  direct: 'direct',
  nginx: 'through Nginx',
  'nginx-tls': 'through Nginx, TLS',
  'nginx-auth': 'through Nginx and its auth service',
  'nginx-njs': 'through Nginx with njs',
  'nginx-lua': 'through Nginx with Lua',
};

/** A route in words. */
export function routeTitle(route: Route): string {
  return routeTitles[route] ?? route;
}

/** What a case is, but for its target: `Load, open loop, direct, 100 connections, 64 B, 20k/s, spread`. */
export function caseText(c: {
  readonly scenario: Scenario;
  readonly route: Route;
  readonly params: Params;
}): string {
  return [scenarioTitle(c.scenario), routeTitle(c.route), paramsText(c.params)].filter(Boolean).join(', ');
}

/** What a reader may choose cases by. */
export function facetsOf(c: { readonly scenario: Scenario; readonly route: Route; readonly params: Params }) {
  const { payloadBytes, connections = c.params.members } = c.params;
  return {
    scenario: scenarioTitle(c.scenario),
    route: routeTitle(c.route),
    ...(payloadBytes !== undefined && { payload: scaled(Number(payloadBytes), 'B') }),
    ...(connections !== undefined && { connections: Number(connections).toLocaleString('en-US') }),
  };
}

/** `6 rounds` of what is measured in trials, `34 blocks` of what is measured in slices, `6 replacements` of instances. */
export function samplesText(n: number, scenario: Scenario | null): string {
  if (scenario !== null && replacingScenarios.includes(scenario)) return count(n, 'replacement');
  return count(n, scenario !== null && trialScenarios.includes(scenario) ? 'round' : 'block');
}

/** The parameters of a case in words, e.g. `100 connections, 64 B, window 16`. */
export function paramsText(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => paramText(name, value))
    .join(', ');
}

function paramText(name: string, value: number | string): string {
  if (name === 'burst') return value === 1 ? 'spread' : `bursts of ${value}`;
  if (name === 'level') return value === 0 ? 'uncompressed' : `level ${value}`;
  if (name === 'takeover') return value === 'no' ? 'no context takeover' : 'context takeover';
  if (name === 'cache') return `cache ${value}`;
  if (name === 'tokens') return value === 'server' ? 'the server checks tokens' : `tokens by ${value}`;
  if (name === 'redis') return 'with Redis';
  if (name === 'recovery') return 'sessions restored from Redis';
  if (name === 'hz') return `${value} Hz`;
  if (typeof value === 'string') return name === 'path' ? value : `${words(name)} ${value}`;
  if (['connections', 'rooms', 'members', 'instances'].includes(name)) return count(value, name.slice(0, -1));
  if (name.endsWith('Bytes')) return `${words(name.slice(0, -5))} ${scaled(value, 'B')}`;
  if (name.endsWith('PerSec')) return scaled(value, '1/s');
  if (name.endsWith('Ms')) return `${words(name.slice(0, -2))} ${scaled(value * 1e6, 'ns')}`;
  return `${words(name)} ${value}`;
}

/** `readLimit` as `read limit`; what is not camel case stays as it is. */
function words(name: string): string {
  return name.replace(
    /([a-z\d])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
}

/** Names in a sentence: `ws, uws and gorilla`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** A number with its thing, as `1 slice`, `5 slices`, `1,000 deliveries`. */
export function count(n: number, thing: string): string {
  const things = thing.endsWith('y') ? `${thing.slice(0, -1)}ies` : `${thing}s`;
  return `${n.toLocaleString('en-US')} ${n === 1 ? thing : things}`;
}
