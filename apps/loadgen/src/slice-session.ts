import type { SparseHistogram } from '@ws-arena/load/buckets';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { SliceResult, SliceSpec } from '@ws-arena/load/slice';
import { nowNs } from './clock.ts';
import { destinationsOf } from './destinations.ts';
import { lastMember } from './last-member.ts';
import { loadFor } from './loads/load-for.ts';
import type { LoadFigures, RunningLoad } from './loads/running-load.ts';
import { noConnection } from './no-connection.ts';
import type { Recorder } from './recorder.ts';
import { type Counters, Session } from './session.ts';
import { takeTurn } from './turn.ts';

/** Handshakes under way at a time while a session is opened. */
const DIALS_ABREAST = 128;

/** Connections that are kept open and loaded in slices. */
export class SliceSession {
  readonly #session: Session;
  readonly #stop: AbortSignal;
  /** The load of the newest slice, kept with its buffers for the next of its kind. */
  #load: RunningLoad | undefined;
  #loadKey = '';
  #slices = 0;

  private constructor(session: Session, stop: AbortSignal) {
    this.#session = session;
    this.#stop = stop;
  }

  /**
   * Opens the connections of `spec`; with none asked for, slices of handshakes can be run.
   * @param stop aborted when the session is to close.
   * @throws Error in one sentence when none could be opened.
   */
  static async open(spec: LoadSpec, stop: AbortSignal): Promise<SliceSession> {
    if (spec.expect === 'none') throw new Error('a slice waits for its echoes; expect is none; wanted: echo');
    const session = new Session(spec, await destinationsOf(spec));
    const opened = new SliceSession(session, stop);
    await session.dialAll(0, spec.connections, DIALS_ABREAST, stop);
    if (!stop.aborted && (session.open.size > 0 || spec.connections === 0)) return opened;
    opened.close();
    throw new Error(stop.aborted ? 'closed while it was opened' : noConnection(spec, session.failed));
  }

  get connections(): number {
    return this.#session.open.size;
  }

  get extensions(): string {
    return this.#session.extensions;
  }

  /**
   * Runs one slice. Everything that is sent in it belongs to it: what has not come back at the end of its drain is lost,
   * and counts for nothing if it comes later.
   * @throws Error in one sentence when there is nothing to send on, or the session is closed meanwhile.
   */
  async slice({ load, durationMs, drainMs }: SliceSpec): Promise<SliceResult> {
    const session = this.#session;
    if (load.kind !== 'connect' && session.open.size === 0)
      throw new Error(`no connection is left; ended by the server: ${JSON.stringify(session.unexpected)}`);
    if ((load.kind === 'connect' || load.kind === 'broadcast') && load.ratePerSec <= 0)
      throw new Error(`a slice of ${load.kind} has a ratePerSec of ${load.ratePerSec}; wanted: more than 0`);
    const running = await this.#loadFor(load);
    const before = { ...session.counters };
    const startNs = nowNs();
    const schedule = { startNs, fromNs: startNs, toNs: startNs + durationMs * 1e6 };
    await takeTurn(session, running, { schedule, drainMs, stop: this.#stop, slice: ++this.#slices });
    if (this.#stop.aborted) throw new Error('closed in the middle of a slice');
    return sliceResult(session, load.kind, running.figures(), before);
  }

  /** Ends every connection, and everything that is under way. */
  close(): void {
    this.#session.close();
  }

  async #loadFor(load: SliceSpec['load']): Promise<RunningLoad> {
    const key = JSON.stringify(load);
    if (this.#load === undefined || key !== this.#loadKey)
      this.#load = await loadFor(this.#session, load, { part: 0, parts: 1, stop: this.#stop });
    this.#loadKey = key;
    return this.#load;
  }
}

function sliceResult(
  session: Session,
  kind: SliceSpec['load']['kind'],
  figures: LoadFigures,
  before: Counters,
): SliceResult {
  const { sent, delivered, offered = sent, late = 0, lag, intended, actual, deliveries } = figures;
  const { duplicated = 0, reordered = 0, corrupted = 0 } = figures.faults ?? {};
  const handshakes = kind === 'connect';
  const lost = handshakes ? sent - delivered : figures.lost;
  const { failed, closed } = session.takeEndings();
  return {
    wallNs: Math.max(0, Math.round((lost > 0 ? nowNs() : figures.lastNs) - figures.firstNs)),
    offered,
    sent,
    delivered,
    lost,
    duplicated,
    reordered,
    corrupted,
    wireSent: session.counters.wireSent - before.wireSent,
    wireReceived: session.counters.wireReceived - before.wireReceived,
    payloadReceived: handshakes ? 0 : delivered * session.message.payload.length,
    late,
    lagP99Ns: lag?.quantileNs(0.99) ?? 0,
    ...sparseAs('intended', intended),
    ...sparseAs('actual', handshakes ? session.handshake : actual),
    ...sparseAs('lastMember', deliveries && lastMember([deliveries])),
    ...(failed && { failed }),
    ...(closed && { closed }),
  };
}

function sparseAs<K extends string>(
  name: K,
  recorder: Recorder | undefined,
): { [key in K]?: SparseHistogram } {
  return recorder && recorder.total > 0
    ? ({ [name]: recorder.sparse() } as { [key in K]?: SparseHistogram })
    : {};
}
