import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '@ws-arena/load/backoff';
import type { ReturnCounts } from '@ws-arena/load/load-result';
import type { Backoff } from '@ws-arena/load/load-spec';
import { Recorder } from '../record/recorder.ts';
import { nowNs } from '../schedule/clock.ts';
import type { Schedule, WorkerRole } from '../schedule/schedule.ts';
import { seededRandom } from '../schedule/seeded-random.ts';
import type { Connection } from '../transport/connection.ts';
import type { Session } from '../transport/session.ts';

const TICK_MS = 50;
const LOOK_MS = 5;

/** One client over all its connections. */
interface Client {
  /** Its place among the connections of the load. */
  readonly place: number;
  /** When it got its connection, or lost it. */
  sinceNs: number;
  attempt: number;
  timer: NodeJS.Timeout | undefined;
  /** The intended times of messages that wait for its next connection. */
  readonly waiting: number[];
}

/** Clients that dial again when their connection ends, until the window is over. */
export class ReturningClients {
  /** From the end of a connection until its client has the next. */
  readonly absence = new Recorder();
  readonly #session: Session;
  readonly #backoff: Backoff;
  readonly #random: () => number;
  readonly #connections: () => readonly Connection[];
  readonly #returned: (place: number, connection: Connection, waiting: readonly number[]) => void;
  readonly #byConnection = new Map<Connection, Client>();
  #clients: Client[] = [];
  #counts: Record<'ended' | 'begun' | 'returned', number[]> = { ended: [], begun: [], returned: [] };
  #waited = 0;
  #fromNs = 0;
  #over = false;
  /** Those of the window, once that is over. */
  #ticks = 0;

  /**
   * @param connections those that the load begins with, in their places.
   * @param returned a client has a new connection, and these intended times of messages that waited for it.
   */
  constructor(
    session: Session,
    backoff: Backoff,
    { worker }: WorkerRole,
    connections: () => readonly Connection[],
    returned: (place: number, connection: Connection, waiting: readonly number[]) => void,
  ) {
    this.#session = session;
    this.#backoff = backoff;
    this.#random = seededRandom(session.spec.payload.seed + worker);
    this.#connections = connections;
    this.#returned = returned;
  }

  start({ startNs, fromNs, toNs }: Schedule): void {
    const ticks = Math.ceil((toNs - fromNs) / 1e6 / TICK_MS) + 1;
    const zeros = () => new Array<number>(ticks).fill(0);
    this.#counts = { ended: zeros(), begun: zeros(), returned: zeros() };
    this.#fromNs = fromNs;
    this.#clients = this.#connections().map((connection, place) => {
      const client: Client = { place, sinceNs: startNs, attempt: 0, timer: undefined, waiting: [] };
      this.#byConnection.set(connection, client);
      return client;
    });
  }

  /** Since when the client of `connection` has it, in nanoseconds of `nowNs`; Infinity when it has it no more. */
  sinceNs(connection: Connection): number {
    return this.#byConnection.get(connection)?.sinceNs ?? Number.POSITIVE_INFINITY;
  }

  /** A message that is due now waits for the next connection of the client at `place`. */
  wait(place: number, intendedNs: number): void {
    this.#clients[place]?.waiting.push(intendedNs);
  }

  gone(connection: Connection): void {
    const client = this.#byConnection.get(connection);
    if (!client) return;
    connection.sequence.cut();
    if (this.#over) return;
    this.#byConnection.delete(connection);
    client.sinceNs = nowNs();
    client.attempt = 0;
    this.#count('ended', client.sinceNs);
    this.#dialLater(client);
  }

  /** Resolves when every client has a connection, and after `patienceMs` at the latest. */
  async back(patienceMs: number): Promise<void> {
    const untilNs = nowNs() + patienceMs * 1e6;
    while (this.#byConnection.size < this.#clients.length && nowNs() < untilNs) await delay(LOOK_MS);
  }

  /** The window is over: nobody dials any more. */
  end(): void {
    this.#over = true;
    this.#ticks = this.#tickAt(nowNs()) + 1;
    for (const { timer } of this.#clients) clearTimeout(timer);
  }

  /** @param lostUntouched messages that were lost on connections that stayed open. */
  figures(lostUntouched: number): ReturnCounts {
    const { ended, begun, returned } = this.#counts;
    const seen = (counts: number[]) => counts.slice(0, this.#ticks);
    const counts = { ended: seen(ended), begun: seen(begun), returned: seen(returned) };
    const { recovered } = this.#session.protocol.codec;
    return {
      ...{ tickMs: TICK_MS, clients: this.#clients.length, ...counts, waited: this.#waited, lostUntouched },
      ...(recovered !== undefined && { recovered }),
    };
  }

  #dialLater(client: Client): void {
    const delayMs = backoffMs(this.#backoff, client.attempt++, this.#random() / 2 ** 32);
    client.timer = setTimeout(() => void this.#dial(client), delayMs);
  }

  async #dial(client: Client): Promise<void> {
    this.#count('begun', nowNs());
    const { index, sequence } = this.#connections()[client.place]!;
    const connection = await this.#session.dial(index, sequence);
    if (this.#over) return;
    if (typeof connection === 'string' || connection.state !== 'open') {
      this.#dialLater(client);
      return;
    }
    const now = nowNs();
    this.absence.record(now - client.sinceNs);
    client.sinceNs = now;
    this.#count('returned', now);
    this.#byConnection.set(connection, client);
    this.#waited += client.waiting.length;
    this.#returned(client.place, connection, client.waiting);
    client.waiting.length = 0;
  }

  #count(what: 'ended' | 'begun' | 'returned', now: number): void {
    const counts = this.#counts[what];
    const tick = this.#tickAt(now);
    if (tick < counts.length) counts[tick]!++;
  }

  /** What happened before the window counts in its first tick: so sums over the ticks are right. */
  #tickAt(now: number): number {
    return Math.max(0, Math.floor((now - this.#fromNs) / 1e6 / TICK_MS));
  }
}
