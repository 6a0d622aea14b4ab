import { setTimeout } from 'node:timers/promises';
import type { ServerConfig } from '@ws-arena/config/options';
import { tickMs } from '@ws-arena/config/tick';

/** How soon a drain sees that a connection, whose turn it waits for, has ended by itself. */
const CLOSE_STEP_MS = 50;

/** What the heartbeat needs from a connection; each library adapts its own. */
export interface Peer {
  /** Whether the server reads nothing from it for now, and so cannot see its pongs. */
  readonly isPaused: boolean;
  /** Sends a ping. A library that pings by itself does nothing here. */
  ping(): void;
  /** Bytes that the server has sent and the peer's TCP has not taken yet. */
  waitingBytes(): number;
  /** Any number that changes whenever the peer's TCP takes bytes, and only then. */
  progress(): number;
  /** Ends the connection at once, without a close frame, and without an error when it has ended already. */
  terminate(): void;
}

/** Why the heartbeat cut a connection. */
export type DeadlineReason = 'pong_wait' | 'write_wait';

/** What the heartbeat keeps for one connection; made by `Heartbeat.add`, opaque to everybody else. */
export class Beat<P extends Peer> {
  readonly peer: P;
  /** The tick of the last pong, in milliseconds of the heartbeat's clock. */
  pongAtMs = 0;
  /** The neighbours in the order of the last pong. */
  older: Beat<P> | undefined = undefined;
  newer: Beat<P> | undefined = undefined;
  readonly slot: Beat<P>[];
  place: number;
  busy = false;
  busySinceMs = 0;
  progress = 0;
  alive = true;

  constructor(peer: P, slot: Beat<P>[]) {
    this.peer = peer;
    this.slot = slot;
    this.place = slot.push(this) - 1;
  }
}

/**
 * Pings, the pong deadline and the write deadline of all connections, from one interval. Pings are spread over a
 * wheel, one slot a tick, so that no tick pings everybody. Beats are kept in the order of their last pong, so that
 * the sweep looks at the expired ones only. The write deadline looks only at connections with bytes waiting, and
 * asks for progress, not for emptiness: a slow reader that reads is never cut. While the server does not read from a
 * peer, whose pongs it then cannot see, progress counts as its life.
 *
 * Times are rounded down to the tick, so a cut comes at most two ticks after its time and never before it.
 */
export class Heartbeat<P extends Peer> {
  readonly #config: ServerConfig;
  readonly #tickMs: number;
  readonly #onCut: (reason: DeadlineReason) => void;
  readonly #wheel: Beat<P>[][];
  readonly #suspects = new Set<Iterable<{ readonly beat: Beat<P> }>>();
  #busy: Beat<P>[] = [];
  #oldest: Beat<P> | undefined;
  #newest: Beat<P> | undefined;
  #nextSlot = 0;
  #turn = 0;
  #nowMs = 0;
  #clockMs: number | undefined;
  #dueMs = 0;

  /** @param onCut called for each cut, before the connection is terminated. */
  constructor(config: ServerConfig, onCut: (reason: DeadlineReason) => void) {
    this.#config = config;
    this.#tickMs = tickMs(config);
    this.#onCut = onCut;
    // A slot less than the period holds, so that a late tick does not make the period longer than promised.
    const slots = Math.max(1, Math.floor(config.pingPeriodMs / this.#tickMs) - 1);
    this.#wheel = Array.from({ length: slots }, () => []);
  }

  /** Starts the interval, which keeps no process alive. */
  start(): void {
    this.tick(performance.now());
    setInterval(() => this.tick(performance.now()), this.#tickMs).unref();
  }

  /** Takes a connection under watch; opening it counts as its first pong. */
  add(peer: P): Beat<P> {
    const beat = new Beat(peer, this.#wheel[this.#nextSlot]!);
    this.#nextSlot = (this.#nextSlot + 1) % this.#wheel.length;
    this.#append(beat);
    return beat;
  }

  /** Forgets a connection that has ended. */
  remove(beat: Beat<P>): void {
    if (!beat.alive) return;
    beat.alive = false;
    const last = beat.slot.pop()!;
    if (last !== beat) {
      beat.slot[beat.place] = last;
      last.place = beat.place;
    }
    this.#unlink(beat);
  }

  /**
   * Calls `close` for every connection under watch, spread evenly over `overMs`, the first at once. Resolves when the last
   * one has been told; they are watched until they end.
   */
  async closeAll(overMs: number, close: (peer: P) => void): Promise<void> {
    const open: Beat<P>[] = [];
    for (let beat = this.#oldest; beat; beat = beat.newer) open.push(beat);
    const startMs = performance.now();
    for (const [i, beat] of open.entries()) {
      const dueMs = startMs + (overMs * i) / open.length;
      while (beat.alive && performance.now() < dueMs) {
        await setTimeout(Math.min(dueMs - performance.now(), CLOSE_STEP_MS));
      }
      if (beat.alive) close(beat.peer);
    }
  }

  /** A pong has arrived: the only sign of life that counts. */
  pong(beat: Beat<P>): void {
    if (!beat.alive) return;
    this.#unlink(beat);
    this.#append(beat);
  }

  /** Bytes wait for this peer: from now on it must make progress within `writeWaitMs`. Cheap to call again. */
  watchWrites(beat: Beat<P>): void {
    if (beat.busy || !beat.alive) return;
    beat.busy = true;
    beat.busySinceMs = this.#nowMs;
    beat.progress = beat.peer.progress();
    this.#busy.push(beat);
  }

  /** Bytes may wait for any of these peers, as after a fan-out inside the library: looked at in the next tick. */
  suspectWrites(peers: Iterable<{ readonly beat: Beat<P> }>): void {
    this.#suspects.add(peers);
  }

  /**
   * One turn of the wheel and both sweeps. A stall of this process is not held against the peers: meanwhile their pongs
   * wait unread, and what they would take is not written. So no more than a quarter of the shorter of `pongWaitMs` and
   * `writeWaitMs` passes on the heartbeat's clock in one tick.
   * @param clockMs a monotonic clock in milliseconds.
   */
  tick(clockMs: number): void {
    const passedMs = clockMs - (this.#clockMs ?? clockMs);
    this.#clockMs = clockMs;
    const { pongWaitMs, writeWaitMs } = this.#config;
    this.#nowMs += Math.min(passedMs, Math.max(Math.min(pongWaitMs, writeWaitMs) / 4, this.#tickMs));
    this.#sweepPongs();
    this.#sweepSuspects();
    this.#sweepWrites();
    this.#ping();
  }

  #ping(): void {
    for (let turned = 0; this.#dueMs <= this.#nowMs && turned < this.#wheel.length; turned += 1) {
      const slot = this.#wheel[this.#turn]!;
      for (let i = slot.length - 1; i >= 0; i -= 1) slot[i]!.peer.ping();
      this.#turn = (this.#turn + 1) % this.#wheel.length;
      this.#dueMs += this.#tickMs;
    }
  }

  #sweepPongs(): void {
    const lastMs = this.#nowMs - this.#config.pongWaitMs - this.#tickMs;
    while (this.#oldest && this.#oldest.pongAtMs <= lastMs) this.#cut(this.#oldest, 'pong_wait');
  }

  #sweepSuspects(): void {
    for (const peers of this.#suspects) {
      for (const { beat } of peers) if (beat.alive && beat.peer.waitingBytes() > 0) this.watchWrites(beat);
    }
    this.#suspects.clear();
  }

  #sweepWrites(): void {
    if (this.#busy.length === 0) return;
    const lastMs = this.#nowMs - this.#config.writeWaitMs - this.#tickMs;
    const waiting: Beat<P>[] = [];
    for (const beat of this.#busy) {
      if (!beat.alive) continue;
      if (beat.peer.waitingBytes() === 0) {
        beat.busy = false;
        continue;
      }
      const progress = beat.peer.progress();
      if (progress !== beat.progress) {
        beat.progress = progress;
        beat.busySinceMs = this.#nowMs;
        if (beat.peer.isPaused) this.pong(beat);
      } else if (beat.busySinceMs <= lastMs) {
        this.#cut(beat, 'write_wait');
        continue;
      }
      waiting.push(beat);
    }
    this.#busy = waiting;
  }

  #cut(beat: Beat<P>, reason: DeadlineReason): void {
    this.remove(beat);
    this.#onCut(reason);
    beat.peer.terminate();
  }

  #append(beat: Beat<P>): void {
    beat.pongAtMs = this.#nowMs;
    beat.older = this.#newest;
    beat.newer = undefined;
    if (this.#newest) this.#newest.newer = beat;
    else this.#oldest = beat;
    this.#newest = beat;
  }

  #unlink(beat: Beat<P>): void {
    if (beat.older) beat.older.newer = beat.newer;
    else this.#oldest = beat.newer;
    if (beat.newer) beat.newer.older = beat.older;
    else this.#newest = beat.older;
    // A dead beat in the old generation would keep its dead neighbours, and their connections, from dying young.
    beat.older = undefined;
    beat.newer = undefined;
  }
}
