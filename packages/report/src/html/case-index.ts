import type { Cell, Report } from '@ws-arena/results/report-file';
import { type Case, caseKey } from '@ws-arena/results/trial';

/** One case with all its figures, and the anchor that links lead to. */
export interface CaseEntry {
  readonly id: string;
  readonly case: Case;
  readonly cells: readonly Cell[];
}

/** The cases of a report in the order in which they first appear. */
export class CaseIndex {
  readonly entries: readonly CaseEntry[];
  readonly #byKey: ReadonlyMap<string, CaseEntry>;

  constructor(report: Report) {
    const grouped = new Map<string, Cell[]>();
    for (const cell of report.cells) {
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
