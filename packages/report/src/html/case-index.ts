import type { Cell, Report } from '@ws-arena/results/report-file';
import { type Case, caseKey } from '@ws-arena/results/trial';

/** One case with all its figures, and the anchor that links lead to. */
export interface CaseEntry {
  readonly id: string;
  readonly case: Case;
  readonly cells: readonly Cell[];
}

/** The cases of a report: first those that the needs were taken from, then the others, as they first appear. */
export class CaseIndex {
  readonly entries: readonly CaseEntry[];
  readonly #byKey: ReadonlyMap<string, CaseEntry>;

  constructor(report: Report) {
    const grouped = new Map<string, Cell[]>();
    for (const cell of inOrder(report)) {
      const key = caseKey(cell);
      const cells = grouped.get(key);
      if (cells) cells.push(cell);
      else grouped.set(key, [cell]);
    }
    this.#byKey = new Map(
      [...grouped].map(([key, cells], index) => [key, { id: `case-${index + 1}`, case: cells[0]!, cells }]),
    );
    this.entries = [...this.#byKey.values()];
  }

  /** The entry of a case; undefined when nothing was measured of it. */
  find(c: Case): CaseEntry | undefined {
    return this.#byKey.get(caseKey(c));
  }
}

/** A long run is printed in part; the cases that the first table links to must be in that part. */
function inOrder({ cells, needs }: Report): Cell[] {
  const chosen = needs.map((need) => withoutTarget(need.scenario, need.route, need.params));
  const first = cells.filter((cell) =>
    chosen.includes(withoutTarget(cell.scenario, cell.route, cell.params)),
  );
  const taken = new Set(first);
  return [...first, ...cells.filter((cell) => !taken.has(cell))];
}

function withoutTarget(scenario: string | null, route: string | null, params: Cell['params']): string {
  return JSON.stringify([scenario, route, Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
