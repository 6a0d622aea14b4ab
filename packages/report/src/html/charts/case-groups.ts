import type { Params, Route, Scenario } from '@ws-arena/results/trial';
import { paramsText, routeTitle } from '../labels.ts';

/** Figures that differ in their target only: same scenario, route and parameters. */
export interface CaseGroup<T> {
  readonly scenario: Scenario;
  readonly route: Route;
  readonly params: Params;
  readonly items: readonly T[];
}

interface Grouped {
  readonly scenario: Scenario;
  readonly route: Route;
  readonly params: Params;
}

/** Groups `items` in the order in which their cases first appear. */
export function caseGroups<T extends Grouped>(items: readonly T[]): CaseGroup<T>[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const params = Object.entries(item.params).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([item.scenario, item.route, params]);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()].map((group) => {
    const { scenario, route, params } = group[0]!;
    return { scenario, route, params, items: group };
  });
}

/** Route and parameters of a group in words. */
export function groupText({ route, params }: { readonly route: Route; readonly params: Params }): string {
  return [routeTitle(route), paramsText(params)].filter(Boolean).join(', ');
}
