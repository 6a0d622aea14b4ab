import type { SliceResult } from '@ws-arena/load/slice';
import type { Run } from '@ws-arena/results/run-file';
import type { SliceLine } from '@ws-arena/results/slice-line';
import { type Case, caseKey, groupKey, type Trial } from '@ws-arena/results/trial';

/** A slice that ended well. */
export interface Slice extends SliceLine {
  readonly load: SliceResult;
}

/** Whether a line is a slice that a figure can be taken from. */
export function endedWell(line: SliceLine | Trial): line is Slice {
  return line.type === 'slice' && line.error === undefined && line.load !== undefined;
}

/** One case with what was measured of it, in the order of the blocks or rounds. */
export interface MeasuredCase {
  /** Index in the header's `cases`. */
  readonly index: number;
  readonly case: Case;
  /** Those that ended well. */
  readonly slices: readonly Slice[];
  readonly trials: readonly Trial[];
  /** What did not end well. */
  readonly failed: readonly (SliceLine | Trial)[];
  /** Blocks or rounds that some target of the group was measured in. */
  readonly planned: number;
}

/**
 * The cases of a run in the order of its plan; of a block or round measured twice, the later counts. A slice or trial that
 * ended with an error gives no figure; nothing else is left out.
 */
export function measuredCases({ header, slices, trials }: Run): MeasuredCase[] {
  const index = new Map(header.cases.map((one, place) => [caseKey(one), place]));
  const lines = header.cases.map(() => new Map<number, SliceLine | Trial>());
  for (const slice of slices) lines[slice.case]?.set(slice.block, slice);
  for (const trial of trials) lines[index.get(caseKey(trial.case)) ?? -1]?.set(trial.round, trial);
  const planned = new Map<string, number>();
  header.cases.forEach((one, place) => {
    planned.set(groupKey(one), Math.max(planned.get(groupKey(one)) ?? 0, lines[place]!.size));
  });
  return header.cases.map((one, place) => {
    const inOrder = [...lines[place]!].sort(([a], [b]) => a - b).map(([, line]) => line);
    const good = inOrder.filter(({ error }) => error === undefined);
    return {
      index: place,
      case: one,
      slices: good.filter(endedWell),
      trials: good.filter((line) => line.type === 'trial'),
      failed: inOrder.filter(({ error }) => error !== undefined),
      planned: planned.get(groupKey(one))!,
    };
  });
}
