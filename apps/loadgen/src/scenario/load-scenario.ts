import { pathToFileURL } from 'node:url';
import type { ScenarioSpec } from '@ws-arena/load/load-spec';
import type { Scenario } from './scenario.ts';

/** A scenario whose state is its own business. */
export type LoadedScenario = Scenario<unknown>;

/** The ready-made scenarios; one is loaded when it is asked for, because some need a codec. */
const readyMade: Readonly<Record<string, () => Promise<unknown>>> = {
  json: () => import('./ready-made/json.ts'),
  'json-rpc': () => import('./ready-made/json-rpc.ts'),
  graphql: () => import('./ready-made/graphql.ts'),
  stomp: () => import('./ready-made/stomp.ts'),
  mqtt: () => import('./ready-made/mqtt.ts'),
};

/** The names of the ready-made scenarios. */
export const readyMadeNames: readonly string[] = Object.keys(readyMade);

/** @throws Error in one sentence for a file that cannot be loaded, exports no scenario, or refuses its parameters. */
export async function loadScenario({ name, params }: ScenarioSpec): Promise<LoadedScenario> {
  let exported: unknown;
  try {
    const loaded = await (readyMade[name]?.() ?? import(pathToFileURL(name).href));
    const { default: found } = loaded as { default?: unknown };
    exported = typeof found === 'function' ? found(params) : found;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the scenario ${name} cannot be loaded: ${message}`, { cause });
  }
  if (!isScenario(exported))
    throw new Error(
      `the scenario ${name} has no default export with the functions message and answer; wanted: export default { message, answer }`,
    );
  return exported;
}

function isScenario(value: unknown): value is LoadedScenario {
  if (typeof value !== 'object' || value === null) return false;
  const { message, answer } = value as Partial<LoadedScenario>;
  return typeof message === 'function' && typeof answer === 'function';
}
