import type { WarningKind } from '@ws-arena/load/warning';
import { closePayload, maskedFrame } from '@ws-arena/wire/frame-encoder';
import { type FrameHandler, FrameParser } from '@ws-arena/wire/frame-parser';
import { opcode } from '@ws-arena/wire/opcode';
import { Sequence } from '../record/sequence.ts';
import type { Traffic } from '../record/window.ts';
import type { DialectPeer, Opening } from '../wire/dialect.ts';
import type { Destination } from './destination.ts';
import type { Protocol } from './protocol.ts';
import type { Connect, Transport, TransportHandler } from './transport.ts';
import { Upgrade } from './upgrade.ts';

/** What a load does with what its connections hear. Called for each message, so it allocates nothing. */
export interface Driver {
  /**
   * A message of the load; its payload is `data[payloadAt, end)`. `payloadAt` is -1 when it came compressed and is not
   * inflated: then the replies of a connection are taken to be in order.
   */
  message(connection: Connection, data: Buffer, payloadAt: number, end: number): void;
  /** Everything of one read has been handed over. */
  batch(connection: Connection): void;
  /** The connection can be written to again. */
  drained?(connection: Connection): void;
  /** The connection has gone; also after a failed handshake. */
  gone?(connection: Connection, ending: Ending): void;
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

/** What a connection tells its owner. */
export interface ConnectionOwner {
  readonly traffic: Traffic;
  readonly driver: Driver;
  /** The session is open. */
  connected(connection: Connection, extensions: string): void;
  /** The server has answered the close frame: nothing more comes but the end. */
  closing(connection: Connection): void;
  ended(connection: Connection, ending: Ending): void;
  warn(kind: WarningKind, detail: string): void;
}

/** One WebSocket connection of the load: the handshake, the parser, pongs, and its sequence numbers. */
export class Connection implements TransportHandler, FrameHandler, DialectPeer {
  readonly index: number;
  readonly sequence: Sequence;
  readonly room: number;
  /** Replies that came since the last batch, to be answered by the closed loop. */
  owed = 0;
  ackedId = -1;
  /** The kernel did not take the last write: no more may be written from a shared buffer. */
  blocked = false;
  /** `closing`: the server has sent its close frame, and nothing may be sent behind the answer (RFC 6455, 5.5.1). */
  state: 'connecting' | 'upgrading' | 'opening' | 'open' | 'closing' | 'closed' = 'connecting';
  readonly #owner: ConnectionOwner;
  readonly #protocol: Protocol;
  readonly #transport: Transport;
  readonly #parser: FrameParser;
  /** Until the session is open. */
  #upgrade: Upgrade | undefined;
  #opening: Opening | undefined;
  #extensions = '';
  #closeCode = 0;
  #asked = false;
  #failure = '';

  /**
   * @param index ordinal of the connection in the job, from 0.
   * @param sequence the numbers of its messages; those of the connection before, for a client that has come back.
   */
  constructor(
    owner: ConnectionOwner,
    protocol: Protocol,
    index: number,
    destination: Destination,
    connect: Connect,
    sequence = new Sequence(),
  ) {
    const { deflate, maxMessageBytes } = protocol;
    this.index = index;
    this.sequence = sequence;
    this.#owner = owner;
    this.#protocol = protocol;
    this.room = destination.room;
    this.#parser = new FrameParser(this, { deflate: deflate !== undefined, maxMessageBytes });
    this.#upgrade = new Upgrade(protocol, destination);
    this.#transport = connect(destination.endpoint, this);
  }

  opened(): void {
    this.state = 'upgrading';
    this.write(this.#upgrade!.request);
  }

  bytes(data: Buffer, start: number, end: number): void {
    this.#owner.traffic.wireReceived += end - start;
    this.#feed(data, start, end);
  }

  #feed(data: Buffer, start: number, end: number): void {
    if (this.state === 'open' || this.state === 'opening') {
      this.#parser.push(data, start, end);
      this.#owner.driver.batch(this);
    } else if (this.state === 'upgrading') this.#response(data, start, end);
  }

  message(binary: boolean, compressed: boolean, data: Buffer, start: number, end: number): void {
    this.#owner.traffic.messages++;
    if (!compressed) this.#plain(binary, data, start, end);
    else if (!this.#protocol.inflates && this.state === 'open')
      this.#owner.driver.message(this, data, -1, end);
    else this.#inflated(binary, data, start, end);
  }

  #plain(binary: boolean, data: Buffer, start: number, end: number): void {
    if (this.state === 'opening') {
      this.#opening!.message(binary, data, start, end);
      return;
    }
    const { codec } = this.#protocol;
    if (codec.receive) codec.receive(this, binary, data, start, end);
    else this.#owner.driver.message(this, data, start, end);
  }

  reply(data: Buffer, payloadAt: number, end: number): void {
    this.#owner.driver.message(this, data, payloadAt, end);
  }

  ready(): void {
    if (this.state !== 'opening') return;
    this.state = 'open';
    this.#opening = undefined;
    this.#owner.connected(this, this.#extensions);
  }

  #inflated(binary: boolean, data: Buffer, start: number, end: number): void {
    try {
      const plain = this.#protocol.deflate!.inflate(this, data, start, end);
      this.#plain(binary, plain, 0, plain.length);
    } catch (error) {
      this.fail(`cannot inflate: ${(error as Error).message}`);
    }
  }

  control(code: number, data: Buffer, start: number, end: number): void {
    if (code === opcode.ping) this.#control(opcode.pong, data.subarray(start, end));
    else if (code === opcode.close) {
      this.#closeCode = end - start >= 2 ? data.readUInt16BE(start) : 1005;
      if (this.#asked) this.#owner.closing(this);
      else {
        if (this.state === 'open') this.state = 'closing';
        this.#control(opcode.close, closePayload(end - start >= 2 ? this.#closeCode : 1000));
        this.#transport.end();
      }
    }
  }

  violation(code: number, reason: string): void {
    const what = code === 1009 ? 'sent too much' : 'broke RFC 6455';
    this.#owner.warn('corrupted', `the server ${what}: ${reason}`);
    this.#control(opcode.close, closePayload(code));
    this.#transport.reset();
  }

  drained(): void {
    this.blocked = false;
    this.#owner.driver.drained?.(this);
  }

  closed(reason: string): void {
    const before = this.state;
    this.state = 'closed';
    this.#opening = undefined;
    this.#owner.ended(this, {
      opened: before === 'open' || before === 'closing',
      asked: this.#asked,
      reason: this.#failure || (reason === 'ended' ? 'closed during the handshake' : reason),
      closeCode: this.#closeCode || 1006,
      reset: reason !== 'ended',
    });
  }

  /** True when the kernel took all of `bytes`; otherwise they belong to the transport, and `blocked` is set until `drained`. */
  write(bytes: Uint8Array): boolean {
    this.#owner.traffic.wireSent += bytes.length;
    if (this.#transport.write(bytes)) return true;
    this.blocked = true;
    return false;
  }

  /** Sends a close frame with 1000 behind everything else; the server answers and ends the connection (RFC 6455, 7.1.1). */
  leave(): void {
    this.#protocol.codec.leave?.(this);
    this.#asked = true;
    this.#control(opcode.close, closePayload(1000));
  }

  /** Sends a close frame and ends at once; what the peer does then counts for nothing. */
  close(): void {
    if (this.state === 'open' && !this.#asked) this.leave();
    this.#asked = true;
    this.#transport.reset();
  }

  /** Gives the connection up for `reason`, as a failed handshake or an end that nobody asked for. */
  fail(reason: string): void {
    this.#failure = reason;
    this.#transport.reset();
  }

  #control(code: number, payload: Buffer): void {
    this.write(maskedFrame(payload, { opcode: code, mask: this.#protocol.mask }));
  }

  #response(data: Buffer, start: number, end: number): void {
    const outcome = this.#upgrade!.response(data, start, end);
    if (!outcome) return;
    this.#upgrade = undefined;
    if ('failed' in outcome) {
      this.fail(outcome.failed);
      return;
    }
    this.state = 'opening';
    this.#extensions = outcome.extensions;
    const opening = this.#protocol.codec.opening(this);
    if (this.state === 'opening') this.#opening = opening;
    const { rest } = outcome;
    if (rest.length > 0) this.#feed(rest, 0, rest.length);
  }
}
