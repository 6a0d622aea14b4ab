import type { Socket } from 'node:net';
import type { SlowReaders } from '@ws-arena/load/load-spec';
import { tcpTransport } from './tcp-transport.ts';
import type { Connect } from './transport.ts';

const PERIOD_MS = 1000;
const TRICKLE_BYTES = 1024;
const BURST_MS = 100;

/** TCP connections that read slowly, all of them alike, between `begin` and `end`. */
export class SlowReading {
  readonly #reads: SlowReaders['reads'];
  readonly #buffer: Buffer;
  readonly #sockets = new Set<Socket>();
  #slow = false;
  #bursts = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(reads: SlowReaders['reads']) {
    this.#reads = reads;
    this.#buffer = Buffer.allocUnsafeSlow(reads === 'trickle' ? TRICKLE_BYTES : 64 * 1024);
  }

  readonly connect: Connect = (endpoint, handler) =>
    tcpTransport(endpoint, handler, { buffer: this.#buffer, goesOn: this.#goesOn });

  begin(): void {
    this.#slow = true;
    if (this.#reads !== 'nothing') this.#timer = setInterval(() => this.#read(), PERIOD_MS);
  }

  /** Everything that is there is read from now on. */
  end(): void {
    clearInterval(this.#timer);
    this.#slow = false;
    this.#resume();
  }

  /** Asked after each read. */
  readonly #goesOn = (socket: Socket): boolean => {
    this.#sockets.add(socket);
    return !this.#slow || this.#bursts;
  };

  #read(): void {
    if (this.#reads === 'bursts') {
      this.#bursts = true;
      setTimeout(() => {
        this.#bursts = false;
      }, BURST_MS);
    }
    this.#resume();
  }

  #resume(): void {
    for (const socket of this.#sockets) socket.resume();
  }
}
