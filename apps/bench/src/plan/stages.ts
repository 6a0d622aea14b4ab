import {
  type Case,
  groupKey,
  type Params,
  type Route,
  type Scenario,
  trialScenarios,
} from '@ws-arena/results/trial';
import type { BenchConfig } from './bench-config.ts';
import { type SlicedLoad, slicedLoad } from './loads.ts';

/** One target of a group: its case's index in the header's `cases`. */
export interface Member {
  readonly target: string;
  readonly case: number;
}

/** The targets that are compared in one set of parameters. */
export interface Group {
  readonly scenario: Scenario;
  readonly route: Route;
  readonly params: Params;
  readonly load: SlicedLoad;
  /** Groups with the same key use the same open connections. */
  readonly sessionKey: string;
  readonly members: readonly Member[];
}

/** Groups that are measured together, in turns, because they need the same servers. */
export interface Stage {
  readonly name: string;
  readonly groups: readonly Group[];
}

const isJob = (scenario: Scenario) => trialScenarios.includes(scenario);

/** The stages of a run, in order; what is measured in trials is not among them. */
export function stagesOf(cases: readonly Case[], config: BenchConfig): Stage[] {
  const groups = new Map<string, Group>();
  cases.forEach((one, index) => {
    if (isJob(one.scenario)) return;
    const key = groupKey(one);
    const member: Member = { target: one.target, case: index };
    const group = groups.get(key);
    if (group) groups.set(key, { ...group, members: [...group.members, member] });
    else groups.set(key, groupOf(one, member, config));
  });
  const stages = Map.groupBy(groups.values(), stageKey);
  return [...stages.values()].map((members) => ({
    name: [...new Set(members.map((group) => group.scenario))].join(', '),
    groups: members,
  }));
}

/** The cases that are jobs of their own, with their index. */
export function jobsOf(cases: readonly Case[]): { readonly case: Case; readonly index: number }[] {
  return cases.flatMap((one, index) => (isJob(one.scenario) ? [{ case: one, index }] : []));
}

function groupOf(one: Case, member: Member, config: BenchConfig): Group {
  const load = slicedLoad(one, config);
  const { tls, tokens, cache, upstream, instances, path } = one.params;
  return {
    scenario: one.scenario,
    route: one.route,
    params: one.params,
    load,
    sessionKey: JSON.stringify([
      one.scenario === 'http' && path,
      one.route,
      tls,
      tokens,
      cache,
      upstream,
      instances,
      load.session,
      load.settings,
      load.redis,
      load.neighbour,
    ]),
    members: [member],
  };
}

/** `load` and `echo` share connections; the others need their own, and compression servers of its own. */
function stageKey({ scenario, load: { settings } }: Group): string {
  return `${scenario === 'echo' ? 'load' : scenario} ${JSON.stringify(settings)}`;
}

/** Steps of one ladder: what has broken at one of them is not asked for a higher one. */
export function ladderKey({ scenario, route, params }: Group): string {
  return groupKey({ scenario, route, params: { ...params, ratePerSec: '' } });
}
