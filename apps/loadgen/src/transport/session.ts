import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Warning, WarningKind } from '@ws-arena/load/warning';
import { Recorder } from '../record/recorder.ts';
import type { Sequence } from '../record/sequence.ts';
import type { Traffic } from '../record/window.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import { nowNs, waitUntil } from '../schedule/clock.ts';
import type { WorkerRole } from '../schedule/schedule.ts';
import { Connection, type ConnectionOwner, type Driver, type Ending } from './connection.ts';
import type { Destination } from './destination.ts';
import { destinationsOf } from './destinations.ts';
import { type PollingHandshake, pollingHandshake } from './polling-handshake.ts';
import { Protocol } from './protocol.ts';
import { connectTcp } from './tcp-transport.ts';
import { connectTls } from './tls-transport.ts';
import type { Connect } from './transport.ts';

/** Handshakes under way at a time while a session is opened. */
const DIALS_ABREAST = 128;

/** The connections that one process opens for a job or for slices, and the load that hears them. */
export class Session implements ConnectionOwner {
  readonly spec: LoadSpec;
  readonly protocol: Protocol;
  readonly traffic: Traffic = { wireSent: 0, wireReceived: 0, messages: 0, sent: 0 };
  /** How many rooms the destinations belong to. */
  readonly rooms: number;
  /** From connect() to the open session. */
  readonly handshakes = new Recorder();
  readonly open = new Set<Connection>();
  readonly warnings: Warning[] = [];
  /** Failed handshakes by reason, and ends that the server brought about by close code. */
  failed: Record<string, number> = {};
  unexpected: Record<string, number> = {};
  extensions = '';
  opened = 0;
  asked = 0;
  driver: Driver = { message() {}, batch() {} };
  readonly #destinations: readonly Destination[];
  readonly #connect: Connect;
  readonly #poll: PollingHandshake | undefined;
  readonly #dials = new Map<Connection, Dial>();
  /** The server has answered their close frame and is to end them. */
  readonly #closing = new Set<Connection>();
  /** Aborted when the polling requests under way are given up. */
  #polls = new AbortController();
  #closed = false;

  /** @param destinations in the order in which connections take them. */
  private constructor(
    spec: LoadSpec,
    protocol: Protocol,
    destinations: readonly Destination[],
    connect?: Connect,
  ) {
    this.spec = spec;
    this.protocol = protocol;
    this.#destinations = destinations;
    this.rooms = Math.max(...destinations.map(({ room }) => room)) + 1;
    this.#connect = connect ?? (destinations[0]!.url.protocol === 'wss:' ? connectTls(spec) : connectTcp);
    const polls = spec.dialect !== 'websocket' && spec.handshake.transport === 'polling';
    this.#poll = polls ? pollingHandshake(spec) : undefined;
  }

  /**
   * A session without connections.
   * @param connect opens them; otherwise it is TCP or TLS, as the URLs ask for.
   * @throws Error in one sentence for a spec that cannot be used.
   */
  static async of(spec: LoadSpec, connect?: Connect): Promise<Session> {
    const scenario = spec.scenario && (await loadScenario(spec.scenario));
    const protocol = new Protocol(spec, scenario);
    return new Session(spec, protocol, await destinationsOf(spec, protocol.codec), connect);
  }

  /**
   * Opens connection number `index` of the job; resolves to it, or to the reason why there is none.
   * @param sequence the numbers of the connection that it takes the place of.
   */
  async dial(index: number, sequence?: Sequence): Promise<Connection | string> {
    let destination = this.#destinations[index % this.#destinations.length]!;
    const startedNs = nowNs();
    this.asked++;
    if (this.#poll) {
      try {
        destination = await this.#poll(destination, this.#polls.signal);
      } catch (error) {
        return this.#failedDial((error as Error).message);
      }
    }
    if (this.#closed) return 'closed';
    return new Promise((resolve) => {
      const connection = new Connection(this, this.protocol, index, destination, this.#connect, sequence);
      const timer = setTimeout(() => connection.fail('timeout'), this.spec.handshake.timeoutMs);
      this.#dials.set(connection, { resolve, timer, startedNs });
    });
  }

  /**
   * Opens this worker's part of the connections number `from` to `to`: a run of them, so that it comes to every destination
   * and room. Over all workers at most `abreast` handshakes are under way, and `ratePerSec` are begun a second. It stops
   * when none of the first could be opened.
   */
  async dialAll(
    { worker, workers, stop }: WorkerRole,
    from: number,
    to: number,
    abreast = DIALS_ABREAST,
    ratePerSec = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    const startNs = nowNs();
    const mine = Math.ceil(abreast / workers);
    const partOf = (before: number) => from + Math.floor(((to - from) * before) / workers);
    const end = partOf(worker + 1);
    let index = partOf(worker);
    let begun = 0;
    let failed = 0;
    const dialNext = async () => {
      while (index < end && (this.opened > 0 || failed < mine)) {
        const own = index++;
        await waitUntil(startNs + (begun++ * workers * 1e9) / ratePerSec, stop);
        if (stop.aborted) return;
        if (typeof (await this.dial(own)) === 'string') failed++;
      }
    };
    await Promise.all(Array.from({ length: mine }, dialNext));
  }

  connected(connection: Connection, extensions: string): void {
    this.open.add(connection);
    this.opened++;
    this.extensions = extensions;
    const dial = this.#dialOf(connection);
    if (!dial) return;
    this.handshakes.record(nowNs() - dial.startedNs);
    dial.resolve(connection);
  }

  closing(connection: Connection): void {
    this.open.delete(connection);
    this.#closing.add(connection);
  }

  ended(connection: Connection, ending: Ending): void {
    this.open.delete(connection);
    this.#closing.delete(connection);
    if (ending.opened && !ending.asked) {
      const code = String(ending.closeCode);
      this.unexpected[code] = (this.unexpected[code] ?? 0) + 1;
    }
    const dial = this.#dialOf(connection);
    dial?.resolve(ending.asked ? ending.reason : this.#failedDial(ending.reason));
    this.driver.gone?.(connection, ending);
  }

  /** Stores a warning, once for each kind. */
  warn(kind: WarningKind, detail: string): void {
    if (!this.warnings.some((warning) => warning.kind === kind)) this.warnings.push({ kind, detail });
  }

  /** Fails the handshakes that are under way for `reason`. */
  giveUpDials(reason: string): void {
    this.#polls.abort(new Error(reason));
    this.#polls = new AbortController();
    for (const connection of [...this.#dials.keys()]) connection.fail(reason);
  }

  /** Failed handshakes and unexpected ends since the last call; absent where there were none. */
  takeEndings(): { failed?: Record<string, number>; closed?: Record<string, number> } {
    const { failed, unexpected: closed } = this;
    this.failed = {};
    this.unexpected = {};
    const some = (counts: Record<string, number>) => Object.keys(counts).length > 0;
    return { ...(some(failed) && { failed }), ...(some(closed) && { closed }) };
  }

  /** Ends every connection, and every handshake that is under way. */
  close(): void {
    this.#closed = true;
    this.#polls.abort(new Error('closed'));
    for (const connection of [...this.#dials.keys(), ...this.open, ...this.#closing]) connection.close();
  }

  #failedDial(reason: string): string {
    if (!this.#closed) this.failed[reason] = (this.failed[reason] ?? 0) + 1;
    return reason;
  }

  #dialOf(connection: Connection): Dial | undefined {
    const dial = this.#dials.get(connection);
    this.#dials.delete(connection);
    clearTimeout(dial?.timer);
    return dial;
  }
}

/** A handshake that is under way. */
interface Dial {
  readonly resolve: (outcome: Connection | string) => void;
  readonly timer: NodeJS.Timeout;
  readonly startedNs: number;
}
