import { resolve } from 'node:path';
import type { ScenarioSpec } from '@ws-arena/load/load-spec';
import { readyMadeNames } from '../scenario/load-scenario.ts';
import { UsageError } from './usage-error.ts';
import type { Words } from './words.ts';

/** The scenario that `run` names. @throws UsageError for what is of the echo's dialects, beside a scenario, and for parameters without one. */
export function toScenario(words: Words): ScenarioSpec | undefined {
  const { scenario } = words;
  const params = Object.fromEntries(words.list('param').map(toParam));
  if (scenario === undefined) {
    if (words.given('param'))
      throw new UsageError('--param is of a scenario; wanted: loadgen run SCENARIO --param …');
    return undefined;
  }
  const without = (['dialect', 'ack', 'verify', 'binary'] as const).find((name) => words.given(name));
  if (without)
    throw new UsageError(
      `--${without} is of the echo, and the scenario ${scenario} says itself how it speaks`,
    );
  if (readyMadeNames.includes(scenario)) return { name: scenario, params };
  if (/\.[cm]?[jt]s$/.test(scenario)) return { name: resolve(scenario), params };
  throw new UsageError(
    `${JSON.stringify(scenario)} is no scenario; wanted: a file of TypeScript or JavaScript, or ${readyMadeNames.join(', ')}`,
  );
}

function toParam(word: string): [string, string] {
  const at = word.indexOf('=');
  if (at > 0) return [word.slice(0, at), word.slice(at + 1)];
  throw new UsageError(`--param is ${JSON.stringify(word)}; wanted: NAME=VALUE`);
}
