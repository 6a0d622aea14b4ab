import type { Turn } from './order.ts';

/** Shows how far a run is: one live line on a terminal, plain lines (one a round and scenario) otherwise. */
export class Progress {
  readonly #total: number;
  readonly #out: NodeJS.WriteStream;
  readonly #startedAt = performance.now();
  #done = 0;
  #last = '';

  constructor(total: number, out: NodeJS.WriteStream = process.stderr) {
    this.#total = total;
    this.#out = out;
  }

  /** A turn begins. */
  begin(turn: Turn): void {
    const { scenario, target, route } = turn.case;
    if (this.#out.isTTY) {
      const bar = `${String(this.#done).padStart(String(this.#total).length)}/${this.#total}`;
      this.#live(`${bar}  round ${turn.round + 1}  ${scenario} ${target} ${route}  ${this.#left()}`);
      return;
    }
    const stage = `round ${turn.round + 1}: ${scenario} ${route}`;
    if (stage !== this.#last)
      this.note(`${stage} (${this.#done}/${this.#total}${this.#left() && `, ${this.#left()}`})`);
    this.#last = stage;
  }

  /** A turn has ended. */
  end(): void {
    this.#done += 1;
  }

  /** A line that stays. */
  note(line: string): void {
    this.#live('');
    this.#out.write(`${line}\n`);
  }

  /** Removes the live line. */
  close(): void {
    this.#live('');
  }

  #live(line: string): void {
    if (this.#out.isTTY) this.#out.write(`\r\u001b[K${line.slice(0, (this.#out.columns ?? 80) - 1)}`);
  }

  #left(): string {
    if (this.#done === 0) return '';
    const leftMs = ((performance.now() - this.#startedAt) / this.#done) * (this.#total - this.#done);
    const seconds = Math.round(leftMs / 1000);
    return seconds < 100 ? `${seconds} s left` : `${Math.round(seconds / 60)} min left`;
  }
}
