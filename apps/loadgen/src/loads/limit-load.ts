import type { LimitFinding } from '@ws-arena/load/load-result';
import type { LimitLoad } from '@ws-arena/load/load-spec';
import type { Connection } from '../connection.ts';
import type { Control } from '../control.ts';
import type { Driver } from '../driver.ts';
import { makeMessage } from '../payload.ts';
import type { Ending, Session } from '../session.ts';
import type { Window } from '../window.ts';

/** What one message met: it came back, or what the client saw instead. */
type Outcome = 'passed' | string;

/** Waits for the reply to one message, or the end of its connection. */
class ProbeDriver implements Driver {
  settle: (outcome: Outcome) => void = () => {};
  #expectedBytes = 0;

  /** Resolves to what a message of `bytes` meets, `nothing` after `timeoutMs`. */
  outcome(bytes: number, timeoutMs: number): Promise<Outcome> {
    this.#expectedBytes = bytes;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve('nothing'), timeoutMs);
      this.settle = (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
    });
  }

  message(_connection: Connection, _data: Buffer, payloadAt: number, end: number): void {
    if (payloadAt < 0 || end - payloadAt === this.#expectedBytes) this.settle('passed');
    else this.settle(`${end - payloadAt} bytes came back`);
  }

  batch(): void {}

  gone(_connection: Connection, ending: Ending): void {
    if (!ending.asked)
      this.settle(ending.closeCode === 1006 && ending.reset ? 'reset' : String(ending.closeCode));
  }
}

/**
 * Finds the largest message that comes back, by bisection, each try on a connection of its own.
 * @returns what the client saw at one byte more, or `none` when `maxBytes` passed.
 */
export async function runLimit(
  session: Session,
  load: LimitLoad,
  control: Control,
  window: Window,
): Promise<LimitFinding> {
  await control.connected(session.open.size);
  const driver = new ProbeDriver();
  session.driver = driver;
  window.begin();
  control.measuring();
  let passed = 0;
  let failed = load.maxBytes + 1;
  let past = 'none';
  for (let bytes = load.maxBytes; failed - passed > 1 && !control.stop.aborted; ) {
    const outcome = await probe(session, driver, bytes);
    if (outcome === 'passed') passed = bytes;
    else {
      failed = bytes;
      past = outcome;
    }
    bytes = Math.floor((passed + failed) / 2);
  }
  window.end();
  control.measured();
  return { largestBytes: passed, past };
}

async function probe(session: Session, driver: ProbeDriver, bytes: number): Promise<Outcome> {
  const message = makeMessage({ ...session.spec.payload, kind: 'random', bytes });
  const frames = session.codec.frames(message, {
    mask: session.mask,
    ...(session.deflate && { compress: session.deflate.compress }),
  });
  const connection = await session.dial(0);
  if (typeof connection === 'string') return `no connection: ${connection}`;
  const outcome = driver.outcome(bytes, session.spec.drainMs);
  session.counters.sent++;
  connection.write(frames.bytes);
  const met = await outcome;
  if (connection.state !== 'closed') connection.close();
  return met;
}
