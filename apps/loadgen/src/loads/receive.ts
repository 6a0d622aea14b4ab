import { nowNs, waitUntil } from '../schedule/clock.ts';
import type { Connection } from '../transport/connection.ts';
import type { Session } from '../transport/session.ts';
import type { LoadFigures, RunningLoad } from './running-load.ts';

/** Sends nothing: counts the messages that the server pushes, or holds connections on which none come. */
export class Receive implements RunningLoad {
  readonly idle = true;
  readonly #session: Session;
  readonly #stop: AbortSignal;
  #received = 0;
  #payloadBytes = 0;
  #measuring = true;
  #firstNs = 0;
  #lastNs = 0;

  constructor(session: Session, stop: AbortSignal) {
    this.#session = session;
    this.#stop = stop;
  }

  start(): void {
    this.#firstNs = nowNs();
    this.#received = 0;
    this.#payloadBytes = 0;
  }

  warm(): void {
    this.start();
  }

  async until(timeNs: number): Promise<void> {
    if (this.#session.opened > 0) await waitUntil(timeNs, this.#stop);
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
