import { nowNs } from '../schedule/clock.ts';

/** Running totals of one process; a window is the difference of two copies. */
export interface Traffic {
  wireSent: number;
  wireReceived: number;
  /** Messages received, of the load or not. */
  messages: number;
  /** Messages of the load sent. */
  sent: number;
}

/** The measured window of one process: what its totals, its clock and its CPU time gained from `begin` to `end`. */
export class Window {
  readonly #traffic: Traffic;
  #before: Traffic;
  #after: Traffic | undefined;
  #cpu: NodeJS.CpuUsage = { user: 0, system: 0 };
  #fromNs = 0;
  #toNs = 0;

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
    this.#before = { ...traffic };
  }

  /** Whether the window is under way. */
  get isOpen(): boolean {
    return this.#fromNs !== 0 && this.#after === undefined;
  }

  begin(): void {
    this.#before = { ...this.#traffic };
    this.#cpu = process.cpuUsage();
    this.#fromNs = nowNs();
  }

  end(): void {
    if (!this.isOpen) return;
    this.#toNs = nowNs();
    this.#cpu = process.cpuUsage(this.#cpu);
    this.#after = { ...this.#traffic };
  }

  /** The real length in nanoseconds; 0 when there was no window. */
  get measuredNs(): number {
    return this.#toNs - this.#fromNs;
  }

  /** CPU time of this process in microseconds. */
  get cpu(): NodeJS.CpuUsage {
    return this.#after ? this.#cpu : { user: 0, system: 0 };
  }

  /** What the counter `name` gained. */
  gained(name: keyof Traffic): number {
    return this.#after ? this.#after[name] - this.#before[name] : 0;
  }
}
