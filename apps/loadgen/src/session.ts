import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Warning, WarningKind } from '@ws-arena/load/warning';
import { randomMask } from '@ws-arena/wire/frame-encoder';
import { nowNs } from './clock.ts';
import { connectFor } from './connect-for.ts';
import { Connection, type Destination } from './connection.ts';
import { type Deflate, deflateFor } from './deflate.ts';
import type { DialectCodec, MessageFrames } from './dialect.ts';
import { dialectFor } from './dialect-for.ts';
import type { Driver } from './driver.ts';
import { type Message, makeMessage } from './payload.ts';
import { Recorder } from './recorder.ts';
import type { Connect } from './transport.ts';

/** Running totals of one process; a window is the difference of two copies. */
export interface Counters {
  wireSent: number;
  wireReceived: number;
  /** Messages received, of the load or not. */
  messages: number;
  /** Messages of the load sent. */
  sent: number;
  pings: number;
}

/** How a connection ended. */
export interface Ending {
  /** The session had been open. */
  readonly opened: boolean;
  /** The generator wanted it. */
  readonly asked: boolean;
  readonly reason: string;
  /** 1006 when the peer sent none. */
  readonly closeCode: number;
  readonly reset: boolean;
}

/** What the connections of one process share while it works on a job. */
export class Session {
  readonly spec: LoadSpec;
  readonly codec: DialectCodec;
  readonly deflate: Deflate | undefined;
  readonly message: Message;
  readonly frames: MessageFrames;
  readonly mask = randomMask();
  readonly headers: Readonly<Record<string, string>>;
  readonly connect: Connect;
  /** How many rooms the destinations belong to. */
  readonly rooms: number;
  readonly counters: Counters = { wireSent: 0, wireReceived: 0, messages: 0, sent: 0, pings: 0 };
  /** Whether compressed messages are inflated: only where they are read. */
  readonly inflates: boolean;
  /** The longest message that is read. */
  readonly maxReplyBytes: number;
  readonly handshake = new Recorder();
  readonly open = new Set<Connection>();
  failed: Record<string, number> = {};
  unexpected: Record<string, number> = {};
  readonly warnings: Warning[] = [];
  extensions = '';
  handshakes = 0;
  opened = 0;
  asked = 0;
  driver: Driver = { message() {}, batch() {} };
  readonly #destinations: readonly Destination[];
  readonly #waiting = new Map<Connection, Pending>();
  /** The server has answered their goodbye and is to end them. */
  readonly #answered = new Set<Connection>();
  /** Aborted when the dials under way are given up. */
  #dials = new AbortController();
  #closed = false;

  /** @param destinations in the order in which connections take them. */
  constructor(spec: LoadSpec, destinations: readonly Destination[]) {
    this.spec = spec;
    this.#destinations = destinations;
    this.codec = dialectFor(spec);
    this.maxReplyBytes = maxReplyBytes(spec);
    this.deflate = deflateFor(spec, this.maxReplyBytes);
    const readsAll = spec.load.kind === 'broadcast' || spec.load.kind === 'receive';
    this.inflates = spec.verify || spec.dialect !== 'websocket' || readsAll;
    this.message = makeMessage(spec.payload);
    this.frames = this.codec.frames(this.message, {
      mask: this.mask,
      ...(this.deflate && { compress: this.deflate.compress }),
    });
    const { origin, token, headers } = spec.handshake;
    this.headers = {
      ...(origin !== undefined && { Origin: origin }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...headers,
    };
    this.rooms = Math.max(...destinations.map(({ room }) => room)) + 1;
    this.connect = connectFor(destinations[0]!.url, spec);
  }

  /** Opens connection number `index` of the job; resolves to it, or to the reason why there is none. */
  async dial(index: number): Promise<Connection | string> {
    const destination = this.#destinations[index % this.#destinations.length]!;
    const startedNs = nowNs();
    this.asked++;
    const { before } = this.codec;
    let path = destination.path;
    if (before) {
      try {
        path = await before(destination.endpoint, destination.url, this.#dials.signal);
      } catch (error) {
        return this.#failedDial((error as Error).message);
      }
    }
    if (this.#closed) return 'closed';
    return new Promise((resolve) => {
      const connection = new Connection(this, before ? { ...destination, path } : destination);
      const timer = setTimeout(() => connection.fail('timeout'), this.spec.handshake.timeoutMs);
      this.#waiting.set(connection, { resolve, timer, startedNs });
    });
  }

  /** Opens `count` connections of the job from number `first` on, no more than `abreast` handshakes at a time. */
  async dialAll(first: number, count: number, abreast: number, stop: AbortSignal): Promise<void> {
    let next = 0;
    const dialNext = async () => {
      while (next < count && !stop.aborted) {
        await this.dial(first + next++);
      }
    };
    await Promise.all(Array.from({ length: Math.min(abreast, count) }, dialNext));
  }

  /** A session is open. */
  connected(connection: Connection): void {
    this.open.add(connection);
    this.opened++;
    this.handshakes++;
    const pending = this.#take(connection);
    if (!pending) return;
    this.handshake.record(nowNs() - pending.startedNs);
    pending.resolve(connection);
  }

  /** The server has answered a connection's goodbye: nothing more comes on it but the end. */
  answered(connection: Connection): void {
    this.open.delete(connection);
    this.#answered.add(connection);
  }

  /** A connection has gone. */
  ended(connection: Connection, ending: Ending): void {
    this.open.delete(connection);
    this.#answered.delete(connection);
    if (ending.opened && !ending.asked) {
      const code = String(ending.closeCode);
      this.unexpected[code] = (this.unexpected[code] ?? 0) + 1;
    }
    const pending = this.#take(connection);
    if (pending) {
      pending.resolve(ending.asked ? ending.reason : this.#failedDial(ending.reason));
    }
    this.driver.gone?.(connection, ending);
  }

  /** Undefined when the agreed extensions can be worked with; otherwise the reason for a failed handshake. */
  agreed(extensions: string): string | undefined {
    this.extensions = extensions;
    if (this.deflate) return this.deflate.check(extensions);
    return extensions === '' ? undefined : `extension ${extensions} was not asked for`;
  }

  /** The inflated message, or undefined when it cannot be inflated; then the connection has been given up. */
  inflate(connection: Connection, data: Buffer, start: number, end: number): Buffer | undefined {
    try {
      return this.deflate!.inflate(connection, data, start, end);
    } catch (error) {
      connection.fail(`cannot inflate: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** Stores a doubt, once for each kind. */
  warn(kind: WarningKind, detail: string): void {
    if (!this.warnings.some((warning) => warning.kind === kind)) this.warnings.push({ kind, detail });
  }

  /** Fails the dials that are under way for `reason`. */
  giveUpDials(reason: string): void {
    this.#dials.abort(new Error(reason));
    this.#dials = new AbortController();
    for (const connection of [...this.#waiting.keys()]) connection.fail(reason);
  }

  /** Failed handshakes and unexpected ends since the last call; absent where there were none. */
  takeEndings(): { failed?: Record<string, number>; closed?: Record<string, number> } {
    const { failed, unexpected: closed } = this;
    this.failed = {};
    this.unexpected = {};
    const some = (counts: Record<string, number>) => Object.keys(counts).length > 0;
    return { ...(some(failed) && { failed }), ...(some(closed) && { closed }) };
  }

  /** Ends every connection, and every dial that is under way. */
  close(): void {
    this.#closed = true;
    this.#dials.abort(new Error('closed'));
    for (const connection of [...this.#waiting.keys(), ...this.open, ...this.#answered]) connection.close();
  }

  #failedDial(reason: string): string {
    if (!this.#closed) this.failed[reason] = (this.failed[reason] ?? 0) + 1;
    return reason;
  }

  #take(connection: Connection): Pending | undefined {
    const pending = this.#waiting.get(connection);
    this.#waiting.delete(connection);
    clearTimeout(pending?.timer);
    return pending;
  }
}

/** What a server may send beside echoes: packets that open a session, and the envelope of a message. */
const BESIDE_BYTES = 65_536;
/** Nothing says how long pushed messages are. */
const MAX_PUSHED_BYTES = 16_777_216;

function maxReplyBytes({ load, payload }: LoadSpec): number {
  if (load.kind === 'receive') return MAX_PUSHED_BYTES;
  return (load.kind === 'limit' ? load.maxBytes : payload.bytes) + BESIDE_BYTES;
}

interface Pending {
  readonly resolve: (outcome: Connection | string) => void;
  readonly timer: NodeJS.Timeout;
  readonly startedNs: number;
}
