import { paramsText } from '@ws-arena/report/view/labels';
import { scaled } from '@ws-arena/report/view/scale';
import type { Params, Scenario } from '@ws-arena/results/trial';
import { Countdown } from './countdown.ts';

/** How far one group of a stage is. */
export interface GroupProgress {
  readonly scenario: Scenario;
  readonly params: Params;
  readonly blocks: number;
  /** Half of the 95 % interval of its widest ratio, as a fraction; Infinity while it is not known. */
  readonly halfWidth: number;
  /** What a unit costs each target so far, CPU of server and proxy in nanoseconds. */
  readonly costs: readonly (readonly [target: string, ns: number])[];
}

/** Rows of the live table: more would push the first ones out of a small window. */
const MOST_ROWS = 12;

/** Shows how far a run is: a live table on a terminal, a line for each stage otherwise. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #countdown: Countdown;
  #title = '';
  #laterMs = 0;
  /** Lines of the live table that stand on the terminal. */
  #drawn = 0;

  constructor(out: NodeJS.WriteStream = process.stderr, countdown = new Countdown()) {
    this.#out = out;
    this.#countdown = countdown;
  }

  /** A stage or a job begins. @param ownMs how long it may take, @param laterMs what is to come after it. */
  begin(title: string, ownMs: number, laterMs: number): void {
    this.#title = title;
    this.#laterMs = laterMs;
    const line = `${title}  ${this.#left(ownMs)}`;
    if (this.#out.isTTY) this.#draw([line]);
    else this.#out.write(`${line}\n`);
  }

  /** A pass over the groups of a stage is done. @param groups those that are still measured. */
  pass(pass: number, groups: readonly GroupProgress[], leftMs: number): void {
    if (!this.#out.isTTY) return;
    const reached = groups.length > 0 ? known(Math.max(...groups.map(({ halfWidth }) => halfWidth))) : '';
    const head = [this.#title, `block ${pass + 1}`, reached && `all ratios ${reached}`, this.#left(leftMs)];
    this.#draw([head.filter(Boolean).join('  '), ...table(groups)]);
  }

  /** A line that stays. */
  note(line: string): void {
    this.close();
    this.#out.write(`${line}\n`);
  }

  /** Removes the live table. */
  close(): void {
    if (this.#out.isTTY && this.#drawn > 0) this.#out.write(this.#erased());
    this.#drawn = 0;
  }

  #left(ownMs: number): string {
    const seconds = Math.round(this.#countdown.show(ownMs + this.#laterMs) / 1000);
    return seconds < 100 ? `at most ${seconds} s left` : `at most ${Math.ceil(seconds / 60)} min left`;
  }

  #draw(lines: readonly string[]): void {
    const width = (this.#out.columns ?? 80) - 1;
    const shown = lines.slice(0, Math.max(1, (this.#out.rows ?? 24) - 1)).map((line) => line.slice(0, width));
    this.#out.write(`${this.#erased()}${shown.join('\n')}`);
    this.#drawn = shown.length;
  }

  /** Back to the first line of the table, and nothing below it. */
  #erased(): string {
    return `\r${this.#drawn > 1 ? `\u001b[${this.#drawn - 1}A` : ''}\u001b[J`;
  }
}

/** A line for each group: its load, how well its ratios are known, and what each target costs. */
function table(groups: readonly GroupProgress[]): string[] {
  const rows = groups
    .slice(0, MOST_ROWS)
    .map(({ scenario, params, blocks, halfWidth, costs }) => [
      `${scenario} ${paramsText(params)}`,
      `${blocks} blocks`,
      known(halfWidth),
      costs.map(([target, ns]) => `${target} ${Number.isFinite(ns) ? scaled(ns, 'ns') : '–'}`).join('  '),
    ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  const more = groups.length > MOST_ROWS ? [`  and ${groups.length - MOST_ROWS} more`] : [];
  return [...rows.map((row) => `  ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join('  ')}`), ...more];
}

function known(halfWidth: number): string {
  return Number.isFinite(halfWidth) ? `±${(halfWidth * 100).toFixed(1)} %` : '';
}
