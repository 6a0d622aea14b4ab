import { setTimeout as delay } from 'node:timers/promises';
import type { SlowFinding } from '@ws-arena/load/load-result';
import type { LoadSpec, SlowReaders } from '@ws-arena/load/load-spec';
import { nowNs } from '../schedule/clock.ts';
import type { WorkerRole } from '../schedule/schedule.ts';
import type { Connection, Driver, Ending } from '../transport/connection.ts';
import { Session } from '../transport/session.ts';
import { SlowReading } from '../transport/slow-reading.ts';
import { readSequence } from '../wire/message-header.ts';

/** After this long without a byte, nothing more is expected. */
const SILENCE_NS = 300e6;

/** Members of the room of a broadcast that send nothing and read slowly. */
export class SlowMembers implements Driver {
  readonly #session: Session;
  readonly #reading: SlowReading;
  #got = 0;
  #dropped = 0;
  #ended = 0;
  #lastNs = 0;

  private constructor(session: Session, reading: SlowReading) {
    this.#session = session;
    this.#reading = reading;
    session.driver = this;
  }

  /** Opens their connections. @throws Error in one sentence when one of them could not be opened, or over TLS. */
  static async join(spec: LoadSpec, slow: SlowReaders, role: WorkerRole): Promise<SlowMembers> {
    if (spec.urls.some((url) => url.startsWith('wss:')))
      throw new Error('slow members read from TCP, and a url is of TLS; wanted: ws://');
    const reading = new SlowReading(slow.reads);
    const session = await Session.of({ ...spec, connections: slow.members }, reading.connect);
    const members = new SlowMembers(session, reading);
    await session.dialAll(role, 0, slow.members);
    if (session.open.size === slow.members || role.stop.aborted) return members;
    session.close();
    const why = JSON.stringify(session.failed);
    throw new Error(`${session.open.size} of ${slow.members} slow members could be opened: ${why}`);
  }

  /** They read slowly from now on. */
  begin(): void {
    this.#reading.begin();
  }

  /** They read what has come, for at most `drainMs`, and leave. */
  async end(drainMs: number): Promise<SlowFinding> {
    this.#reading.end();
    this.#lastNs = nowNs();
    const untilNs = this.#lastNs + drainMs * 1e6;
    while (nowNs() < untilNs && nowNs() - this.#lastNs < SILENCE_NS) await delay(10);
    const { opened: members } = this.#session;
    const finding = { members, got: this.#got, dropped: this.#dropped, ended: this.#ended };
    this.#session.close();
    return finding;
  }

  message({ sequence }: Connection, data: Buffer, payloadAt: number): void {
    const number = readSequence(data, payloadAt + this.#session.protocol.replied.headerAt);
    if (number > sequence.expected) this.#dropped += number - sequence.expected;
    sequence.expected = number + 1;
    this.#got++;
  }

  batch(): void {
    this.#lastNs = nowNs();
  }

  gone(_connection: Connection, { opened, asked }: Ending): void {
    if (opened && !asked) this.#ended++;
  }
}
