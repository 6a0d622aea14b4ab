import type { LimitLoad } from '@ws-arena/load/load-spec';
import type { Connection, Ending } from '../transport/connection.ts';
import type { Session } from '../transport/session.ts';
import { makeMessage } from '../wire/payload.ts';
import type { LoadFigures, RunningLoad } from './running-load.ts';

/** What one message met: it came back, or what the client saw instead. */
type Outcome = 'passed' | string;

/**
 * Finds the largest message that comes back, by bisection, each try on a connection of its own: what the client saw at one
 * byte more, or `none` when `maxBytes` passed. It gives up where no connection opens, and where not even one byte comes back.
 */
export class Limit implements RunningLoad {
  readonly idle = true;
  readonly #session: Session;
  readonly #maxBytes: number;
  readonly #stop: AbortSignal;
  #passed = 0;
  #past = 'none';
  #expectedBytes = 0;
  #meet: (outcome: Outcome) => void = () => {};

  constructor(session: Session, load: LimitLoad, stop: AbortSignal) {
    this.#session = session;
    this.#maxBytes = load.maxBytes;
    this.#stop = stop;
  }

  start(): void {}
  end(): void {}
  batch(): void {}

  /** Takes the time that it takes. */
  async until(): Promise<void> {
    let failed = this.#maxBytes + 1;
    for (let bytes = 1; failed - this.#passed > 1 && !this.#stop.aborted; ) {
      const outcome = await this.#probe(bytes);
      if (outcome === undefined) return;
      if (outcome === 'passed') this.#passed = bytes;
      else {
        failed = bytes;
        this.#past = outcome;
      }
      bytes = bytes === 1 && this.#passed === 1 ? this.#maxBytes : Math.floor((this.#passed + failed) / 2);
    }
  }

  figures(): LoadFigures {
    const limit = { largestBytes: this.#passed, past: this.#past };
    return { sent: 0, delivered: 0, lost: 0, limit, firstNs: 0, lastNs: 0 };
  }

  message(_connection: Connection, _data: Buffer, payloadAt: number, end: number): void {
    if (payloadAt < 0 || end - payloadAt === this.#expectedBytes) this.#meet('passed');
    else this.#meet(`${end - payloadAt} bytes came back`);
  }

  gone(_connection: Connection, ending: Ending): void {
    if (!ending.asked)
      this.#meet(ending.closeCode === 1006 && ending.reset ? 'reset' : String(ending.closeCode));
  }

  /** Undefined where no connection opens, which the session counts and which is no answer. */
  async #probe(bytes: number): Promise<Outcome | undefined> {
    const session = this.#session;
    const message = makeMessage({ ...session.spec.payload, kind: 'random', bytes });
    const connection = await session.dial(0);
    if (typeof connection === 'string') return undefined;
    const frames = session.protocol.framesOf(message, connection);
    const { replied } = session.protocol.codec;
    const met = this.#outcome(replied?.payload.length ?? bytes);
    session.traffic.sent++;
    connection.write(frames.bytes);
    const outcome = await met;
    if (connection.state !== 'closed') connection.close();
    return outcome;
  }

  /** Resolves to what a message meets whose reply has `bytes`, `nothing` after the drain time. */
  #outcome(bytes: number): Promise<Outcome> {
    this.#expectedBytes = bytes;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve('nothing'), this.#session.spec.drainMs);
      this.#meet = (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
    });
  }
}
