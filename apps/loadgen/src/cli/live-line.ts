import { formatCount } from './units.ts';

/** How far a job is: totals since its start. */
export interface Progress {
  readonly phase: 'connecting' | 'warming up' | 'measuring' | 'draining';
  /** Since the phase began, in milliseconds. */
  readonly elapsedMs: number;
  readonly connections: number;
  readonly sent: number;
  readonly received: number;
}

/** Where the live line is written. */
export interface LiveTerminal {
  readonly isTty: boolean;
  err(text: string): void;
}

const CLEAR = '\r\x1b[K';

/** Says what a job is doing: one line that changes on a terminal, plain lines elsewhere. */
export class LiveLine {
  readonly #terminal: LiveTerminal;
  #last: Progress | undefined;
  #shown = false;

  constructor(terminal: LiveTerminal) {
    this.#terminal = terminal;
  }

  /** A sentence that stays. */
  say(text: string): void {
    this.clear();
    this.#terminal.err(`${text}\n`);
  }

  /** The state of things; rates are since the call before. */
  update(progress: Progress): void {
    const text = liveText(progress, this.#last);
    this.#last = progress;
    this.#terminal.err(this.#terminal.isTty ? `${CLEAR}${text.slice(0, 79)}` : `${text}\n`);
    this.#shown = this.#terminal.isTty;
  }

  /** Takes the changing line away. */
  clear(): void {
    if (this.#shown) this.#terminal.err(CLEAR);
    this.#shown = false;
  }
}

/** The text of the live line; rates are between `before` and `now` when both are of one phase. */
export function liveText(now: Progress, before: Progress | undefined): string {
  const seconds = (now.elapsedMs / 1000).toFixed(0);
  const head = `${now.phase} ${seconds}s, ${formatCount(now.connections)} connections`;
  if (now.phase === 'connecting' || before?.phase !== now.phase || now.elapsedMs <= before.elapsedMs)
    return head;
  const perSec = (a: number, b: number) =>
    formatCount(Math.round(((a - b) * 1000) / (now.elapsedMs - before.elapsedMs)));
  return `${head}, ${perSec(now.sent, before.sent)} sent/s, ${perSec(now.received, before.received)} received/s`;
}
