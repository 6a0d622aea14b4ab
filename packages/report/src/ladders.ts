import type { Ladder } from '@ws-arena/results/report-file';
import { type Case, groupKey } from '@ws-arena/results/trial';
import type { MeasuredCase } from './blocks.ts';
import { capacityOf, judgeStep, type StepBounds } from './capacity.ts';

/** The offered rate of a case; undefined where it has none. */
export function rateOf({ params }: Pick<Case, 'params'>): number | undefined {
  return params.ratePerSec === undefined ? undefined : Number(params.ratePerSec);
}

/** What the steps of one ladder have in common, over all targets. */
export function laneKey({ scenario, route, params }: Pick<Case, 'scenario' | 'route' | 'params'>): string {
  return groupKey({ scenario, route, params: withoutRate(params) });
}

function withoutRate({ ratePerSec: _, ...params }: Case['params']): Case['params'] {
  return params;
}

/** The ladders of `load`, one for each target, route and way to send. */
export function laddersOf(cases: readonly MeasuredCase[], bounds: StepBounds): Ladder[] {
  const measured = cases.filter(
    ({ case: one, slices, failed }) => one.scenario === 'load' && slices.length + failed.length > 0,
  );
  const byTarget = Map.groupBy(measured, ({ case: one }) => `${one.target} ${laneKey(one)}`);
  return [...byTarget.values()].map((own): Ladder => {
    const { target, route, params } = own[0]!.case;
    const steps = own
      .map(({ case: one, slices, failed }) => {
        const errors = failed.filter((line) => line.type === 'slice');
        return judgeStep(rateOf(one) ?? 0, [...slices, ...errors], bounds);
      })
      .sort((a, b) => a.ratePerSec - b.ratePerSec);
    return { target, route, params: withoutRate(params), steps, ...capacityOf(steps) };
  });
}

/**
 * The rate at which the targets of one lane are compared: the highest that all of them kept, of those that kept any. Where
 * there is none, because the generator was late at every rate, it is the lowest; undefined without ladders.
 */
export function equalLoad(ladders: readonly Ladder[]): number | undefined {
  const keeping = ladders.filter(({ kept }) => kept !== null);
  const rates = [...new Set(ladders.flatMap(({ steps }) => steps.map((step) => step.ratePerSec)))].sort(
    (a, b) => a - b,
  );
  const keptByAll = rates.findLast(
    (rate) =>
      keeping.length > 0 &&
      keeping.every(({ steps }) =>
        steps.some((step) => step.ratePerSec === rate && step.outcome === 'keeps'),
      ),
  );
  return keptByAll ?? rates[0];
}

/** The rate of `equalLoad` by `laneKey`. */
export function equalLoadRates(ladders: readonly Ladder[]): ReadonlyMap<string, number | undefined> {
  const lanes = Map.groupBy(ladders, (ladder) => laneKey({ scenario: 'load', ...ladder }));
  return new Map([...lanes].map(([key, lane]) => [key, equalLoad(lane)]));
}

/** Whether a case is not a step of a ladder, or one that neither broke its target nor was too much for the generator. */
export function isCarried(ladders: readonly Ladder[]): (of: Case) => boolean {
  const carried = new Set(
    ladders.flatMap((ladder) =>
      ladder.steps
        .filter(({ outcome }) => outcome === 'keeps' || outcome === 'undecided')
        .map(
          ({ ratePerSec }) => `${laneKey({ scenario: 'load', ...ladder })} ${ladder.target} ${ratePerSec}`,
        ),
    ),
  );
  return (of) => of.scenario !== 'load' || carried.has(`${laneKey(of)} ${of.target} ${rateOf(of)}`);
}
