import type { ClosedLoad } from '@ws-arena/load/load-spec';
import { stamp } from '../ack-id.ts';
import type { Connection } from '../connection.ts';
import type { Control } from '../control.ts';
import type { Driver } from '../driver.ts';
import { Replies } from '../reply.ts';
import type { Session } from '../session.ts';
import { settled } from '../settled.ts';
import { waitUntil } from '../wait.ts';
import type { Window } from '../window.ts';

/** `window` messages under way on each connection: the replies of one read are answered by one write. */
export class ClosedDriver implements Driver {
  readonly replies: Replies;
  stopped = false;
  readonly #session: Session;
  readonly #window: number;
  readonly #frameBytes: number;
  /** Room for a whole window of frames; all connections patch and send the same bytes, one after the other. */
  #frames!: Buffer;
  /** The first n frames of it, for each n, so that no view is made for a write. */
  #first: Buffer[] = [];

  constructor(session: Session, load: ClosedLoad) {
    this.#session = session;
    this.#window = load.window;
    this.#frameBytes = session.frames.bytes.length;
    this.replies = new Replies(session);
    this.#fill();
  }

  message(connection: Connection, data: Buffer, payloadAt: number, end: number): void {
    connection.owed += this.replies.count(connection, data, payloadAt, end);
  }

  batch(connection: Connection): void {
    if (connection.owed > 0 && !this.stopped && !connection.blocked) this.#send(connection, connection.owed);
  }

  drained(connection: Connection): void {
    this.batch(connection);
  }

  /** Sends the first window of messages. */
  start(connection: Connection): void {
    connection.owed = this.#window;
    this.batch(connection);
  }

  #send(connection: Connection, owed: number): void {
    const count = Math.min(owed, this.#window);
    const { sequence } = connection;
    const { frames } = this.#session;
    for (let i = 0; i < count; i++) stamp(this.#frames, i * this.#frameBytes, frames, sequence.next + i);
    sequence.next += count;
    connection.owed = owed - count;
    this.#session.counters.sent += count;
    if (!connection.write(this.#first[count]!)) this.#fill();
  }

  /** Frames of their own for the next write, because the kernel has not taken the last ones yet. */
  #fill(): void {
    const { bytes } = this.#session.frames;
    this.#frames = Buffer.allocUnsafeSlow(bytes.length * this.#window);
    for (let i = 0; i < this.#window; i++) this.#frames.set(bytes, i * bytes.length);
    this.#first = Array.from({ length: this.#window + 1 }, (_, n) =>
      this.#frames.subarray(0, n * bytes.length),
    );
  }
}

/** Runs the closed loop from `schedule.startNs` on, measures its window, and waits for what is under way. */
export async function runClosed(
  session: Session,
  load: ClosedLoad,
  control: Control,
  window: Window,
): Promise<Replies> {
  const driver = new ClosedDriver(session, load);
  session.driver = driver;
  const schedule = await control.connected(session.open.size);
  await waitUntil(schedule.startNs, control.stop);
  for (const connection of session.open) driver.start(connection);
  await waitUntil(schedule.fromNs, control.stop);
  for (const connection of session.members) connection.sequence.beginWindow();
  window.begin();
  control.measuring();
  await waitUntil(schedule.toNs, control.stop);
  driver.stopped = true;
  for (const { sequence } of session.members) sequence.endWindow();
  window.end();
  control.measured();
  await settled(session, control.stop);
  return driver.replies;
}
