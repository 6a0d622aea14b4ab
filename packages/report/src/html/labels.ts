import type { NeedId } from '@ws-arena/results/report-file';
import type { Params, Route, Scenario } from '@ws-arena/results/trial';
import { metricNamed } from '../metrics.ts';
import { scaled } from '../scale.ts';

/** A need of the first table, or the one that comes from facts and not from figures. */
export type ColumnId = NeedId | 'features';

/** What a column is called, and the question that it answers. */
export const columns: Readonly<Record<ColumnId, { readonly title: string; readonly question: string }>> = {
  throughput: {
    title: 'Throughput per core',
    question: 'How many messages does one core of the server carry, one in flight on each connection?',
  },
  pipelined: {
    title: 'Throughput, pipelined',
    question: 'And with many in flight on each connection, where batches pay?',
  },
  latency: {
    title: 'Tail latency',
    question: 'How long do the slowest messages take at the same load for all?',
  },
  fanout: { title: 'Fan-out', question: 'How fast does one message reach every member of a room?' },
  memory: { title: 'Connections per GiB', question: 'How much memory does an idle connection take?' },
  handshakes: { title: 'Handshake rate', question: 'How fast can clients come back after an outage?' },
  nginx: { title: 'Behind Nginx', question: 'What does a message cost with Nginx in front?' },
  compression: { title: 'Compression', question: 'What does permessage-deflate save, for how much CPU?' },
  robustness: { title: 'Robustness', question: 'Does it answer broken and hostile frames as the RFC says?' },
  features: { title: 'Features', question: 'How much is there that need not be written?' },
};

/** The order of the columns. */
export const columnIds = Object.keys(columns) as ColumnId[];

const scenarioTitles: Readonly<Record<Scenario, string>> = {
  echo: 'Echo, closed loop',
  latency: 'Latency, open loop',
  slo: 'Highest rate within a latency bound',
  broadcast: 'Broadcast to a room',
  connect: 'Handshakes',
  hold: 'Idle connections',
  deflate: 'permessage-deflate',
  limit: 'Message size limit',
  http: 'HTTP beside WebSocket',
};

/** A scenario's heading. */
export function scenarioTitle(scenario: Scenario): string {
  return scenarioTitles[scenario] ?? scenario;
}

const routeTitles: Readonly<Record<Route, string>> = {
  direct: 'direct',
  nginx: 'through Nginx',
  'nginx-tls': 'through Nginx, TLS',
};

/** A route in words. */
export function routeTitle(route: Route): string {
  return routeTitles[route] ?? route;
}

/** `messagesPerSec` as `messages per sec`; what is not camel case stays as it is. */
export function words(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replace(/\bcpu\b/g, 'CPU');
}

/** A metric's title; the name in words for one that this version does not know. */
export function metricTitle(name: string): string {
  return metricNamed(name)?.title ?? words(name);
}

/** The parameters of a case in words, e.g. `100 connections, 64 B, window 16`. */
export function paramsText(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => paramText(name, value))
    .join(', ');
}

function paramText(name: string, value: number | string): string {
  if (typeof value === 'string') return `${words(name)} ${value}`;
  if (name === 'connections' || name === 'members' || name === 'instances')
    return `${value.toLocaleString('en-US')} ${value === 1 ? name.slice(0, -1) : name}`;
  if (name.endsWith('Bytes')) return scaled(value, 'B');
  if (name.endsWith('PerSec')) return `${scaled(value, '1/s')} offered`;
  if (name.endsWith('Ms')) return `${words(name.slice(0, -2))} ${scaled(value * 1e6, 'ns')}`;
  return `${words(name)} ${value}`;
}

/** A number with its thing, as `1 round`, `5 rounds`. */
export function count(n: number, thing: string): string {
  return `${n.toLocaleString('en-US')} ${thing}${n === 1 ? '' : 's'}`;
}

/** An interval in words, e.g. `6.9 µs to 7.12 µs`. */
export function intervalText(lo: number, hi: number, unit: string): string {
  return `${scaled(lo, unit)} to ${scaled(hi, unit)}`;
}
