import type { ConnectLoad } from '@ws-arena/load/load-spec';
import { nowNs } from '../clock.ts';
import type { Connection } from '../connection.ts';
import type { Control, Schedule } from '../control.ts';
import { type Pacer, type PaceSettings, pacerOf } from '../pacer.ts';
import { Recorder } from '../recorder.ts';
import type { Session } from '../session.ts';
import { Ticker } from '../ticker.ts';
import { wait, waitUntil } from '../wait.ts';
import type { Window } from '../window.ts';
import { LATE_NS } from './open-load.ts';
import { type Scheduled, Sending } from './sending.ts';

/** So many dials of one wake-up, then handshakes go on. */
const DIALS_PER_WAKE = 32;

/** What a load of handshakes measured besides `Session.handshake`. */
export interface ConnectFigures {
  /** Handshakes that the schedule asked for in the window, those begun, and of these the ones that came to their end. */
  offered: number;
  sent: number;
  late: number;
  done: number;
  /** From the intended time of an open loop to the end of the handshake. */
  readonly intended: Recorder;
  readonly lag: Recorder;
}

/**
 * Handshake after handshake. Once its session is open, a connection says goodbye and waits for the server to end it. A reset
 * instead would fail the server's answer, and Node.js build an error with a stack for each connection: a tenth of a
 * handshake there, in a profile. The server's FIN comes first, so that TIME_WAIT takes none of the client's ports.
 */
export async function runConnect(
  session: Session,
  load: ConnectLoad,
  control: Control,
  window: Window,
): Promise<ConnectFigures> {
  const figures: ConnectFigures = {
    offered: 0,
    sent: 0,
    late: 0,
    done: 0,
    intended: new Recorder(),
    lag: new Recorder(),
  };
  if (load.ratePerSec > 0) await Ticker.ready();
  const schedule = await control.connected(0);
  const under = new Set<Promise<void>>();
  const goodbyes = new Goodbyes(session);
  let index = control.part;
  const dial = (intendedNs: number) => {
    const inWindow = intendedNs >= schedule.fromNs && intendedNs < schedule.toNs;
    if (inWindow) figures.sent++;
    const handshake = session.dial(index).then((connection) => {
      if (typeof connection === 'string') return;
      if (inWindow) {
        figures.done++;
        figures.intended.record(nowNs() - intendedNs);
      }
      return goodbyes.say(connection);
    });
    index += control.parts;
    under.add(handshake);
    void handshake.then(() => under.delete(handshake));
    return handshake;
  };
  await waitUntil(schedule.startNs, control.stop);
  const ends =
    load.ratePerSec > 0
      ? openLoop(load, dial, figures, control, schedule)
      : closedLoop(load, dial, control, schedule);
  await waitUntil(schedule.fromNs, control.stop);
  session.handshake.clear();
  session.handshakes = 0;
  window.begin();
  control.measuring();
  await waitUntil(schedule.toNs, control.stop);
  window.end();
  const { handshakes } = session;
  control.measured();
  await ends;
  await Promise.race([Promise.all(under), wait(session.spec.drainMs, control.stop)]);
  session.handshakes = load.ratePerSec > 0 ? figures.done : handshakes;
  if (load.ratePerSec === 0) figures.offered = figures.sent;
  return figures;
}

/** The closing handshakes of the connections that have been opened. */
class Goodbyes {
  readonly #session: Session;
  readonly #ended = new Map<Connection, () => void>();

  constructor(session: Session) {
    this.#session = session;
    session.driver = { message() {}, batch() {}, gone: (connection) => this.#ended.get(connection)?.() };
  }

  /** Resolves when the server has ended the connection; it is reset when that takes longer than a handshake may. */
  say(connection: Connection): Promise<void> {
    const { timeoutMs } = this.#session.spec.handshake;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#session.warn(
          'lost',
          `a goodbye was not answered, or its connection not ended, within ${timeoutMs} ms`,
        );
        connection.close();
      }, timeoutMs);
      this.#ended.set(connection, () => {
        clearTimeout(timer);
        this.#ended.delete(connection);
        resolve();
      });
      connection.leave();
    });
  }
}

type Dial = (intendedNs: number) => Promise<void>;

async function closedLoop(
  load: ConnectLoad,
  dial: Dial,
  control: Control,
  schedule: Schedule,
): Promise<void> {
  const mine = Math.ceil((load.concurrency - control.part) / control.parts);
  await Promise.all(
    Array.from({ length: mine }, async () => {
      while (nowNs() < schedule.toNs && !control.stop.aborted) await dial(nowNs());
    }),
  );
}

/** Dials on schedule. */
class DialDriver implements Scheduled {
  readonly #dial: Dial;
  readonly #figures: ConnectFigures;
  readonly #schedule: Schedule;
  readonly #pacer: Pacer;

  constructor(dial: Dial, figures: ConnectFigures, schedule: Schedule, pacer: Pacer) {
    this.#dial = dial;
    this.#figures = figures;
    this.#schedule = schedule;
    this.#pacer = pacer;
  }

  send(untilNs: number): boolean {
    const { startNs, fromNs } = this.#schedule;
    for (let i = 0; i < DIALS_PER_WAKE; i++) {
      const intendedNs = startNs + this.#pacer.nextNs;
      const now = nowNs();
      if (intendedNs >= untilNs || intendedNs > now) return true;
      if (intendedNs >= fromNs) {
        this.#figures.offered++;
        this.#figures.lag.record(now - intendedNs);
        if (now - intendedNs > LATE_NS) this.#figures.late++;
      }
      void this.#dial(intendedNs);
      this.#pacer.advance();
    }
    return false;
  }
}

async function openLoop(
  load: ConnectLoad,
  dial: Dial,
  figures: ConnectFigures,
  control: Control,
  schedule: Schedule,
): Promise<void> {
  const { startNs, fromNs, toNs } = schedule;
  const pace: PaceSettings = {
    ratePerSec: load.ratePerSec,
    arrivals: 'constant',
    profile: 'constant',
    warmupNs: fromNs - startNs,
    durationNs: toNs - fromNs,
    part: control.part,
    parts: control.parts,
    seed: 0,
  };
  const sending = new Sending(new DialDriver(dial, figures, schedule, pacerOf(pace)), control.stop);
  const ticker = await Ticker.ready();
  ticker.run({ pace, startNs, toNs }, sending.wake);
  await sending.until(toNs);
  await ticker.stop();
}
