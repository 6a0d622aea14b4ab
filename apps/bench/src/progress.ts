/** Shows how far a run is: one live line on a terminal, a line for each stage otherwise. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  #title = '';
  #laterMs = 0;

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out;
  }

  /** A stage or a job begins. @param ownMs how long it may take, @param laterMs what is to come after it. */
  begin(title: string, ownMs: number, laterMs: number): void {
    this.#title = title;
    this.#laterMs = laterMs;
    const line = `${title}  ${left(ownMs + laterMs)}`;
    if (this.#out.isTTY) this.#live(line);
    else this.#out.write(`${line}\n`);
  }

  /** A pass over the groups of a stage is done. @param halfWidth as a fraction; Infinity while it is not known. */
  pass(pass: number, halfWidth: number, leftMs: number): void {
    if (!this.#out.isTTY) return;
    const known = Number.isFinite(halfWidth) ? `ratios known to ±${(halfWidth * 100).toFixed(1)} %` : '';
    this.#live(
      [this.#title, `block ${pass + 1}`, known, left(leftMs + this.#laterMs)].filter(Boolean).join('  '),
    );
  }

  /** A line that stays. */
  note(line: string): void {
    this.close();
    this.#out.write(`${line}\n`);
  }

  /** Removes the live line. */
  close(): void {
    if (this.#out.isTTY) this.#live('');
  }

  #live(line: string): void {
    this.#out.write(`\r\u001b[K${line.slice(0, (this.#out.columns ?? 80) - 1)}`);
  }
}

function left(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 100 ? `at most ${seconds} s left` : `at most ${Math.ceil(seconds / 60)} min left`;
}
