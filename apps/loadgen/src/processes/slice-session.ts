import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { SliceResult, SliceSpec } from '@ws-arena/load/slice';
import { loadFor } from '../loads/load-for.ts';
import type { RunningLoad } from '../loads/running-load.ts';
import { takeTurn } from '../loads/turn.ts';
import { nowNs } from '../schedule/clock.ts';
import type { WorkerRole } from '../schedule/schedule.ts';
import { Session } from '../transport/session.ts';
import { noConnection } from './no-connection.ts';
import { sliceResult } from './slice-result.ts';

let sessions = 0;

/** Several sessions are open to one server: a room that they shared would send each one's messages to all of them. */
function withOwnRooms(spec: LoadSpec): LoadSpec {
  if (spec.load.kind !== 'broadcast') return spec;
  sessions += 1;
  return { ...spec, load: { ...spec.load, roomPrefix: `${process.pid}-${sessions}` } };
}

/** Connections that are kept open and loaded in slices. */
export class SliceSession {
  readonly #session: Session;
  readonly #role: WorkerRole;
  /** The load of the newest slice, kept with its buffers for the next of its kind. */
  #load: RunningLoad | undefined;
  #loadKey = '';
  #slices = 0;

  private constructor(session: Session, stop: AbortSignal) {
    this.#session = session;
    this.#role = { worker: 0, workers: 1, stop };
  }

  /**
   * Opens the connections of `spec`; with none asked for, slices of handshakes can be run.
   * @param stop aborted when the session is to close.
   * @throws Error in one sentence when none could be opened.
   */
  static async open(spec: LoadSpec, stop: AbortSignal): Promise<SliceSession> {
    if (spec.expect === 'none') throw new Error('a slice waits for its echoes; expect is none; wanted: echo');
    const session = await Session.of(withOwnRooms(spec));
    const opened = new SliceSession(session, stop);
    await session.dialAll(opened.#role, 0, spec.connections);
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
    const { stop } = this.#role;
    const running = await this.#loadFor(load);
    const before = { ...session.traffic };
    const startNs = nowNs();
    const schedule = { startNs, fromNs: startNs, toNs: startNs + durationMs * 1e6 };
    await takeTurn(session, running, { schedule, drainMs, stop, slice: ++this.#slices });
    if (stop.aborted) throw new Error('closed in the middle of a slice');
    return sliceResult(session, load.kind, running.figures(), before);
  }

  /** Ends every connection, and everything that is under way. */
  close(): void {
    this.#session.close();
  }

  async #loadFor(load: SliceSpec['load']): Promise<RunningLoad> {
    const key = JSON.stringify(load);
    if (this.#load === undefined || key !== this.#loadKey)
      this.#load = await loadFor(this.#session, load, this.#role);
    this.#loadKey = key;
    return this.#load;
  }
}
