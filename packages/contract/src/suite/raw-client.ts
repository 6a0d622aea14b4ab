import { connect, type Socket } from 'node:net';
import { type Frame, FrameDecoder } from './frame-decoder.ts';
import { type ResponseHead, splitHead } from './upgrade.ts';

/** How long a wait lasts unless told otherwise: far longer than anything takes, for a machine busy with something else. */
const PATIENCE_MS = 30_000;

/** How a TCP connection ended, as the client saw it. */
export interface Ending {
  readonly atMs: number;
  readonly how: 'fin' | 'reset';
}

interface Pace {
  readonly bytesPerSec: number;
  readonly fromMs: number;
  read: number;
}

/** What a wait did not get to see. */
class NotSeen extends Error {
  override readonly name = 'NotSeen';
}

/** What `wait` comes to; undefined where it did not get to see it. */
export function ifSeen<T>(wait: Promise<T>): Promise<T | undefined> {
  return wait.catch((error: unknown) => {
    if (error instanceof NotSeen) return undefined;
    throw error;
  });
}

/**
 * One TCP connection that sends any bytes, reads when it is told to, and keeps what it saw with its time. The first
 * bytes that come are taken for an HTTP response, and what follows a 101 for frames.
 */
export class RawClient {
  readonly openedAtMs = performance.now();
  readonly frames: Frame[] = [];
  head: ResponseHead | undefined;
  ended: Ending | undefined;
  bytesReceived = 0;
  /** Called for each frame as it comes, before the waits look. */
  onFrame: ((frame: Frame) => void) | undefined;
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  readonly #looks = new Set<() => void>();
  #unparsed: Buffer = Buffer.alloc(0);
  #pace: Pace | undefined;

  private constructor(port: number, host: string, localAddress: string | undefined) {
    this.#socket = connect({
      port,
      host,
      noDelay: true,
      ...(localAddress !== undefined && { localAddress }),
    });
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('end', () => this.#end('fin'));
    this.#socket.on('error', () => this.#end('reset'));
    this.#socket.on('close', () => this.#end('fin'));
    this.#socket.on('drain', () => this.#look());
  }

  /** Connects, from `localAddress` where one is given; a refused connection is one that ended. */
  static async open(port: number, host = '127.0.0.1', localAddress?: string): Promise<RawClient> {
    const client = new RawClient(port, host, localAddress);
    client.#socket.once('connect', () => client.#look());
    await client.until('a TCP connection', () => !client.#socket.connecting || client.ended);
    return client;
  }

  /** Bytes that were given to `send` and have not reached the kernel. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  send(...bytes: readonly (Uint8Array | string)[]): void {
    if (this.ended) return;
    for (const part of bytes) this.#socket.write(part);
  }

  /** Stops reading: the kernel's buffers fill, and the server feels it. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Reads no faster than at this rate from now on, and as fast as it can while it is behind. */
  throttle(bytesPerSec: number): void {
    this.#pace = { bytesPerSec, fromMs: performance.now(), read: 0 };
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /**
   * Waits until `look` returns something, looking after each thing that happens.
   * @throws NotSeen with `what` when it has not within `withinMs`.
   */
  until<T>(what: string, look: () => T | undefined | false, withinMs = PATIENCE_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        this.#looks.delete(again);
      };
      const again = () => {
        const found = look();
        if (found === undefined || found === false) return;
        stop();
        resolve(found);
      };
      const timer = setTimeout(() => {
        stop();
        reject(new NotSeen(`did not see ${what} within ${withinMs} ms; saw ${this.summary()}`));
      }, withinMs);
      this.#looks.add(again);
      again();
    });
  }

  /** What was seen, in a line, for an error message. */
  summary(): string {
    const last = this.frames.at(-1);
    return [
      this.head ? `HTTP ${this.head.status}` : 'no response',
      `${this.frames.length} frames`,
      ...(last ? [`last opcode ${last.opcode} of ${last.payload.length} bytes`] : []),
      this.ended ? `ended by ${this.ended.how}` : 'still open',
    ].join(', ');
  }

  #read(chunk: Buffer): void {
    this.bytesReceived += chunk.length;
    if (this.head?.status === 101) this.#frames(chunk);
    else if (!this.head) {
      this.#unparsed = Buffer.concat([this.#unparsed, chunk]);
      const split = splitHead(this.#unparsed);
      if (split) {
        this.head = split.head;
        if (split.head.status === 101 && split.rest.length > 0) this.#frames(split.rest);
      }
    }
    this.#look();
    if (this.#pace) this.#rest(chunk.length, this.#pace);
  }

  #rest(bytes: number, pace: Pace): void {
    pace.read += bytes;
    const aheadMs = (pace.read / pace.bytesPerSec) * 1000 - (performance.now() - pace.fromMs);
    // A timer's least is a millisecond: many short rests would read slower than the rate.
    if (aheadMs < 20) return;
    this.#socket.pause();
    setTimeout(() => this.#socket.resume(), aheadMs);
  }

  #frames(chunk: Buffer): void {
    for (const frame of this.#decoder.push(chunk, performance.now())) {
      this.frames.push(frame);
      this.onFrame?.(frame);
    }
  }

  #end(how: Ending['how']): void {
    if (this.ended) return;
    this.ended = { atMs: performance.now(), how };
    this.#look();
  }

  #look(): void {
    for (const look of [...this.#looks]) look();
  }
}
