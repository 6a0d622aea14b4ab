import { redactedUrl } from '@ws-arena/load/redacted';
import type { FleetOptions } from '../fleet/fleet-options.ts';
import { REDIS_ENV } from './fleet-options.ts';
import { UsageError } from './usage-error.ts';
import type { Words } from './words.ts';

/** The fleet that a run asks for. @throws UsageError for one without Redis, and for its options without a fleet. */
export function toFleet(words: Words): FleetOptions | undefined {
  const other = (['name', 'files', 'pid'] as const).find((name) => words.given(name));
  if (other) {
    const command = other === 'pid' ? 'observe' : 'agent';
    throw new UsageError(`--${other} is not of a run; wanted: loadgen ${command} --${other} …`);
  }
  if (!words.given('agents')) {
    const alone = (['redis', 'agents-wait', 'clock-bound', 'observe'] as const).find((name) =>
      words.given(name),
    );
    if (alone) throw new UsageError(`--${alone} is of a fleet; wanted: --agents N beside it`);
    return undefined;
  }
  for (const name of words.list('observe')) checkName('observe', name);
  return {
    redisUrl: redisUrl(words),
    agents: toAgents(words.text('agents')),
    waitMs: words.number('agents-wait'),
    clockBoundMs: words.number('clock-bound'),
    observers: words.list('observe'),
  };
}

/** A name is part of a key in Redis. @throws UsageError for one that cannot be. */
export function checkName(option: 'name' | 'observe', name: string): void {
  if (!/^[\w.-]+$/.test(name))
    throw new UsageError(`--${option} is ${JSON.stringify(name)}; wanted: letters, digits, . _ and -`);
}

function toAgents(text: string): number | 'all' {
  if (text === 'all') return text;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(`--agents is ${JSON.stringify(text)}; wanted: a whole number of at least 1, or all`);
}

/** @throws UsageError when there is none, or it is none of Redis; its text is shown without the password. */
export function redisUrl(words: Words): string {
  const given = words.text('redis') || process.env[REDIS_ENV] || '';
  const wanted = 'wanted: redis://host:6379, redis://:password@host:6379, or rediss://… for TLS';
  if (given === '')
    throw new UsageError(
      `a fleet meets at Redis, and neither --redis nor ${REDIS_ENV} says where; ${wanted}`,
    );
  if (!URL.canParse(given)) throw new UsageError(`the address of Redis is no URL; ${wanted}`);
  if (!/^rediss?:$/.test(new URL(given).protocol))
    throw new UsageError(`the address of Redis is ${redactedUrl(given)}; ${wanted}`);
  return given;
}
