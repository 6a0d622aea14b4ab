import { type Params, type Route, replacingScenarios, type Scenario } from '@ws-arena/results/trial';

/** How Nginx reaches the servers: over TCP on loopback, or over a Unix socket of each. */
export const upstreamKinds = ['tcp', 'unix'] as const;
export type UpstreamKind = (typeof upstreamKinds)[number];

/** What the cases by way of Nginx are measured with. */
export interface UpstreamChoice {
  readonly upstreams: readonly UpstreamKind[];
}

/** The parameter that it adds to the cases of a scenario on a route; none where it is TCP alone. */
export function upstreamParams(choice: UpstreamChoice, route: Route, scenario: Scenario): Params[] {
  const plain = route === 'direct' || replacingScenarios.includes(scenario);
  if (plain || !choice.upstreams.includes('unix')) return [{}];
  return choice.upstreams.map((upstream) => ({ upstream }));
}
