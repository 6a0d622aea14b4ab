import type { ClosedLoad } from '@ws-arena/load/load-spec';
import { nowNs, waitUntil } from '../schedule/clock.ts';
import type { WorkerRole } from '../schedule/schedule.ts';
import type { Connection } from '../transport/connection.ts';
import type { Session } from '../transport/session.ts';
import { stamp } from '../wire/frames.ts';
import { Echoes } from './echoes.ts';
import { Outboxes } from './outbox.ts';
import type { LoadFigures, RunningLoad } from './running-load.ts';

/** `window` messages under way on each connection: the replies of one read are answered by one write. */
export class ClosedLoop implements RunningLoad {
  readonly #session: Session;
  readonly #role: WorkerRole;
  readonly #echoes: Echoes;
  readonly #window: number;
  /** Room for a whole window of frames. */
  readonly #outboxes: Outboxes;
  #sending = false;
  #firstNs = 0;
  #lastNs = 0;

  constructor(session: Session, load: ClosedLoad, role: WorkerRole) {
    this.#session = session;
    this.#role = role;
    this.#window = load.window;
    this.#outboxes = new Outboxes(session.protocol, load.window);
    this.#echoes = new Echoes(session);
  }

  start(): void {
    this.#echoes.restart();
    this.#sending = true;
    this.#firstNs = nowNs();
    for (const connection of this.#echoes.connections) {
      connection.owed = this.#window;
      this.batch(connection);
    }
  }

  until(timeNs: number): Promise<void> {
    return waitUntil(timeNs, this.#role.stop);
  }

  warm(): void {
    this.#echoes.beginWindow();
    this.#firstNs = nowNs();
  }

  end(): void {
    this.#sending = false;
    this.#echoes.endWindow();
    this.#lastNs = nowNs();
  }

  get idle(): boolean {
    return this.#echoes.complete;
  }

  figures(): LoadFigures {
    return { ...this.#echoes.counts(), firstNs: this.#firstNs, lastNs: this.#lastNs };
  }

  message(connection: Connection, data: Buffer, payloadAt: number, end: number): void {
    connection.owed += this.#echoes.count(connection, data, payloadAt, end);
  }

  batch(connection: Connection): void {
    if (!this.#sending) this.#lastNs = nowNs();
    else while (connection.owed > 0 && !connection.blocked) this.#send(connection, connection.owed);
  }

  drained(connection: Connection): void {
    this.batch(connection);
  }

  #send(connection: Connection, owed: number): void {
    const outbox = this.#outboxes.of(connection);
    const count = Math.min(owed, this.#outboxes.copies);
    const { sequence } = connection;
    const { frames, bytes } = outbox;
    const each = frames.bytes.length;
    for (let i = 0; i < count; i++) stamp(bytes, i * each, frames, sequence.next + i);
    sequence.next += count;
    connection.owed = owed - count;
    this.#session.traffic.sent += count;
    if (!connection.write(outbox.first[count]!)) outbox.refill();
  }
}
