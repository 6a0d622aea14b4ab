import { nowNs } from '../clock.ts';
import type { Connection } from '../connection.ts';
import { waitUntil } from '../wait.ts';
import type { LoadFigures, RunningLoad } from './running-load.ts';

/** Only receives what the server pushes: counts messages, and the bytes of their payloads. */
export class Receive implements RunningLoad {
  readonly settled = true;
  readonly #stop: AbortSignal;
  #received = 0;
  #payloadBytes = 0;
  #measuring = false;
  #firstNs = 0;
  #lastNs = 0;

  constructor(stop: AbortSignal) {
    this.#stop = stop;
  }

  start(): void {
    this.#measuring = true;
    this.warm();
  }

  until(timeNs: number): Promise<void> {
    return waitUntil(timeNs, this.#stop);
  }

  warm(): void {
    this.#firstNs = nowNs();
    this.#received = 0;
    this.#payloadBytes = 0;
  }

  end(): void {
    this.#measuring = false;
    this.#lastNs = nowNs();
  }

  figures(): LoadFigures {
    const counts = { sent: 0, delivered: this.#received, lost: 0, payloadReceived: this.#payloadBytes };
    return { ...counts, firstNs: this.#firstNs, lastNs: this.#lastNs };
  }

  message(_connection: Connection, _data: Buffer, payloadAt: number, end: number): void {
    if (!this.#measuring) return;
    this.#received++;
    if (payloadAt >= 0) this.#payloadBytes += end - payloadAt;
  }

  batch(): void {}
}
