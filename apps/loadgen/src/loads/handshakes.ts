import type { ConnectLoad } from '@ws-arena/load/load-spec';
import { Recorder } from '../record/recorder.ts';
import { nowNs, waitUntil } from '../schedule/clock.ts';
import type { Schedule, WorkerRole } from '../schedule/schedule.ts';
import type { Ticker } from '../schedule/ticker.ts';
import type { Connection } from '../transport/connection.ts';
import type { Session } from '../transport/session.ts';
import type { LoadFigures, RunningLoad } from './running-load.ts';
import { type Departure, Sending } from './sending.ts';

/**
 * Handshake after handshake. Once its session is open, a connection sends a close frame and waits for the server to end it. A
 * reset instead would fail the server's answer, and Node.js build an error with a stack for each connection: a tenth of a
 * handshake there, in a profile. The server's FIN comes first, so that TIME_WAIT takes none of the client's ports.
 */
export class Handshakes implements RunningLoad, Departure {
  readonly messages = 1;
  readonly perClock = 1;
  /** Then handshakes go on. */
  readonly perWake = 32;
  readonly #session: Session;
  readonly #load: ConnectLoad;
  readonly #role: WorkerRole;
  readonly #sending: Sending | undefined;
  readonly #intended = new Recorder();
  /** Connections that have sent their close frame, with the time that they are given. */
  readonly #leaving = new Map<Connection, NodeJS.Timeout>();
  #schedule!: Schedule;
  #under = 0;
  #index: number;
  #sent = 0;
  #done = 0;
  /** In a closed loop: what came to its end by the end of the window. */
  #ended: number | undefined;
  #firstNs = 0;
  #lastNs = 0;

  constructor(session: Session, load: ConnectLoad, role: WorkerRole, ticker: Ticker | undefined) {
    this.#session = session;
    this.#load = load;
    this.#role = role;
    this.#index = role.worker;
    this.#sending = ticker && new Sending(this, role, ticker);
  }

  start(schedule: Schedule, slice?: number): void {
    this.#schedule = schedule;
    this.#sent = 0;
    this.#done = 0;
    this.#ended = undefined;
    this.#intended.clear();
    this.#firstNs = nowNs();
    this.warm();
    const { ratePerSec, concurrency } = this.#load;
    const { worker, workers } = this.#role;
    if (this.#sending)
      this.#sending.start(
        { ratePerSec, arrivals: 'constant', profile: 'constant', seed: 1 },
        schedule,
        slice,
      );
    else for (let i = worker; i < concurrency; i += workers) this.#dialNext();
  }

  until(timeNs: number): Promise<void> {
    return this.#sending?.until(timeNs) ?? waitUntil(timeNs, this.#role.stop);
  }

  warm(): void {
    this.#session.handshakes.clear();
  }

  end(): Promise<void> | void {
    this.#ended = this.#session.handshakes.total;
    this.#lastNs = nowNs();
    return this.#sending?.end();
  }

  get idle(): boolean {
    return this.#under === 0;
  }

  giveUp(): void {
    for (const connection of this.#leaving.keys()) connection.close();
    this.#session.giveUpDials('not done within the drain time');
  }

  figures(): LoadFigures {
    const { offered = this.#sent, late = 0, lag } = this.#sending ?? {};
    return {
      offered,
      sent: this.#sent,
      delivered: this.#sending ? this.#done : (this.#ended ?? this.#done),
      lost: 0,
      late,
      ...(this.#sending && { intended: this.#intended }),
      ...(lag && { lag }),
      firstNs: this.#sending?.firstNs || this.#firstNs,
      lastNs: this.#lastNs,
    };
  }

  message(): void {}
  batch(): void {}

  gone(connection: Connection): void {
    const timer = this.#leaving.get(connection);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#leaving.delete(connection);
    this.#over();
  }

  depart(intendedNs: number, _now: number, measured: boolean): void {
    void this.#dial(intendedNs, measured);
  }

  async #dial(intendedNs: number, measured: boolean): Promise<void> {
    const index = this.#index;
    this.#index += this.#role.workers;
    this.#under++;
    if (measured) this.#sent++;
    const connection = await this.#session.dial(index);
    if (typeof connection === 'string') {
      this.#over();
      return;
    }
    if (measured) {
      this.#done++;
      this.#intended.record(nowNs() - intendedNs);
    }
    this.#leave(connection);
  }

  /** The connection is reset when the server does not end it within the time of a handshake. */
  #leave(connection: Connection): void {
    if (connection.state === 'closed') {
      this.#over();
      return;
    }
    const { timeoutMs } = this.#session.spec.handshake;
    const detail = `the server did not answer a close frame, or did not end its connection, within ${timeoutMs} ms`;
    const timer = setTimeout(() => {
      this.#session.warn('lost', detail);
      connection.close();
    }, timeoutMs);
    this.#leaving.set(connection, timer);
    connection.leave();
  }

  #over(): void {
    this.#under--;
    this.#lastNs = nowNs();
    if (!this.#sending && this.#ended === undefined && !this.#role.stop.aborted) this.#dialNext();
  }

  /** Closed loop: one handshake follows the other. */
  #dialNext(): void {
    const now = nowNs();
    void this.#dial(now, now >= this.#schedule.fromNs && now < this.#schedule.toNs);
  }
}
