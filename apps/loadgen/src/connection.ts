import { closePayload, maskedFrame } from '@ws-arena/wire/frame-encoder';
import { type FrameHandler, FrameParser } from '@ws-arena/wire/frame-parser';
import { checkUpgrade, headEnd, notHttp, randomKey, upgradeRequest } from '@ws-arena/wire/handshake';
import { opcode } from '@ws-arena/wire/opcode';
import { type AckedPeer, GOODBYE, type Opening, type OpeningStep, OTHER, PING } from './dialect.ts';
import { Sequence } from './sequence.ts';
import type { Session } from './session.ts';
import type { Endpoint, Transport, TransportHandler } from './transport.ts';

type State = 'connecting' | 'upgrading' | 'opening' | 'open' | 'closed';

/** Where one connection goes. */
export interface Destination {
  readonly endpoint: Endpoint;
  readonly url: URL;
  /** The request target of the upgrade. */
  readonly path: string;
  /** Which of the session's rooms it belongs to, from 0: that of the URL's `room`. */
  readonly room: number;
}

/** One WebSocket connection of the load: the handshake, the parser, pongs, and its sequence numbers. */
export class Connection implements TransportHandler, FrameHandler, AckedPeer {
  readonly sequence = new Sequence();
  /** Replies that came since the last batch, to be answered by the closed loop. */
  owed = 0;
  ackedId = -1;
  /** The kernel did not take the last write: no more may be written from a shared buffer. */
  blocked = false;
  state: State = 'connecting';
  readonly room: number;
  readonly #session: Session;
  readonly #destination: Destination;
  readonly #transport: Transport;
  readonly #parser: FrameParser;
  #key = '';
  #head: Buffer | undefined;
  #opening: Opening | undefined;
  #closeCode = 0;
  #asked = false;
  #failure = '';

  constructor(session: Session, destination: Destination) {
    this.#session = session;
    this.room = destination.room;
    this.#destination = destination;
    this.#parser = new FrameParser(this, {
      deflate: session.deflate !== undefined,
      maxMessageBytes: session.maxReplyBytes,
    });
    this.#transport = session.connect(destination.endpoint, this);
  }

  opened(): void {
    const { handshake } = this.#session.spec;
    this.state = 'upgrading';
    this.#key = randomKey();
    const request = upgradeRequest({
      host: this.#destination.url.host,
      path: this.#destination.path,
      key: this.#key,
      subprotocols: handshake.subprotocols,
      extensions: this.#session.deflate?.offer ?? '',
      headers: this.#session.headers,
    });
    this.write(Buffer.from(request, 'latin1'));
  }

  bytes(data: Buffer, start: number, end: number): void {
    this.#session.counters.wireReceived += end - start;
    this.#feed(data, start, end);
  }

  #feed(data: Buffer, start: number, end: number): void {
    if (this.state === 'open') {
      this.#parser.push(data, start, end);
      this.#session.driver.batch(this);
    } else if (this.state === 'upgrading') this.#response(data, start, end);
    else if (this.state === 'opening') this.#parser.push(data, start, end);
  }

  message(binary: boolean, compressed: boolean, data: Buffer, start: number, end: number): void {
    const session = this.#session;
    session.counters.messages++;
    if (compressed && !session.inflates && this.state === 'open') {
      session.driver.message(this, data, -1, end);
      return;
    }
    if (compressed) {
      const plain = session.inflate(this, data, start, end);
      if (plain) this.#plain(binary, plain, 0, plain.length);
    } else this.#plain(binary, data, start, end);
  }

  #plain(binary: boolean, data: Buffer, start: number, end: number): void {
    const { codec, driver } = this.#session;
    if (this.state === 'opening') {
      this.#step(this.#opening!.message(binary, data, start, end));
      return;
    }
    const at = codec.payloadStart(binary, data, start, end, this);
    if (at >= 0) driver.message(this, data, at, end - codec.trailerBytes);
    else if (at === PING) this.write(codec.pong);
    else if (at === GOODBYE) this.fail('ended by the server');
    else if (at === OTHER) driver.other?.(this);
  }

  control(code: number, data: Buffer, start: number, end: number): void {
    if (code === opcode.ping) {
      this.#session.counters.pings++;
      this.write(maskedFrame(data.subarray(start, end), { opcode: opcode.pong, mask: this.#session.mask }));
    } else if (code === opcode.close) {
      this.#closeCode = end - start >= 2 ? data.readUInt16BE(start) : 1005;
      if (this.#asked) this.#session.answered(this);
      else {
        this.write(this.#closeFrame(end - start >= 2 ? this.#closeCode : 1000));
        this.#transport.end();
      }
    }
  }

  violation(code: number, reason: string): void {
    const what = code === 1009 ? 'sent too much' : 'broke RFC 6455';
    this.#session.warn('corrupted', `the server ${what}: ${reason}`);
    this.write(this.#closeFrame(code));
    this.#transport.reset();
  }

  drained(): void {
    this.blocked = false;
    this.#session.driver.drained?.(this);
  }

  closed(reason: string): void {
    const before = this.state;
    this.state = 'closed';
    this.#opening = undefined;
    this.#session.ended(this, {
      opened: before === 'open',
      asked: this.#asked,
      reason: this.#failure || (reason === 'ended' ? 'closed during the handshake' : reason),
      closeCode: this.#closeCode || 1006,
      reset: reason !== 'ended',
    });
  }

  /** True when the kernel took all of `bytes`; otherwise they belong to the transport, and `blocked` is set until `drained`. */
  write(bytes: Uint8Array): boolean {
    this.#session.counters.wireSent += bytes.length;
    if (this.#transport.write(bytes)) return true;
    this.blocked = true;
    return false;
  }

  /** Says goodbye with 1000 behind everything that was written; the server answers and ends it (RFC 6455, 7.1.1). */
  leave(): void {
    this.#asked = true;
    this.write(this.#closeFrame(1000));
  }

  /** Says goodbye with 1000 and ends at once; what the peer does then counts for nothing. */
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

  #closeFrame(code: number): Buffer {
    return maskedFrame(closePayload(code), { opcode: opcode.close, mask: this.#session.mask });
  }

  #response(data: Buffer, start: number, end: number): void {
    const seen = this.#head ? Buffer.concat([this.#head, data.subarray(start, end)]) : data;
    const from = this.#head ? 0 : start;
    const to = this.#head ? seen.length : end;
    const bodyAt = headEnd(seen, from, to);
    if (bodyAt < 0) {
      this.#head = Buffer.from(seen.subarray(from, to));
      if (this.#head.length > 16_384) this.fail('a response head of more than 16 KiB');
      else if (this.#head.length > 5 && this.#head.toString('latin1', 0, 5) !== 'HTTP/')
        this.fail(notHttp(this.#head.toString('latin1')));
      return;
    }
    this.#head = undefined;
    const answer = checkUpgrade(
      seen.toString('latin1', from, bodyAt),
      this.#key,
      this.#session.spec.handshake.subprotocols,
    );
    if (!answer.ok) {
      this.fail(answer.reason);
      return;
    }
    const wrong = this.#session.agreed(answer.extensions);
    if (wrong) {
      this.fail(wrong);
      return;
    }
    this.state = 'opening';
    this.#opening = this.#session.codec.opening(this.#session.spec.handshake);
    this.#step(this.#opening.upgraded());
    if (bodyAt < to) this.#feed(seen, bodyAt, to);
  }

  #step(step: OpeningStep): void {
    if (step.send) this.write(step.send);
    if (step.failed !== undefined) this.fail(step.failed);
    else if (step.done) {
      this.state = 'open';
      this.#opening = undefined;
      this.#session.connected(this);
    }
  }
}
