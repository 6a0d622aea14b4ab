import type { RunningServer } from '../running-server.ts';
import { clientFrame, opcodes, rsv } from './client-frame.ts';
import type { Frame } from './frame-decoder.ts';
import { MessageDeflate, negotiatedTakeover } from './message-deflate.ts';
import { RawClient } from './raw-client.ts';
import { acceptValue, type UpgradeRequest, upgradeRequest } from './upgrade.ts';
import { type WireForm, wireForms } from './wire-form.ts';

/** A message as it came, after inflation and out of the dialect's packet. */
export interface Message {
  readonly atMs: number;
  readonly data: Buffer;
  readonly binary: boolean;
  readonly compressed: boolean;
  /** Payload bytes of its frames as they stood on the wire. */
  readonly wireBytes: number;
}

/** How a peer is to be opened. */
export interface PeerOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The value of `Sec-WebSocket-Extensions`. */
  readonly offer?: string;
  /** What differs from a good upgrade request besides the headers above. */
  readonly request?: UpgradeRequest;
  /** Bytes of the request that are sent first and alone: the server has read them when the others go. */
  readonly firstBytes?: number;
  /** Whether pings are answered; true by default. */
  readonly answersPings?: boolean;
  /** The address that it comes from, e.g. `127.0.5.1`. */
  readonly localAddress?: string;
}

/** How a message is to be sent. */
export interface SendOptions {
  readonly binary?: boolean;
  /** Offsets into the message at which it is split into fragments. */
  readonly cuts?: readonly number[];
  /** The payload of a ping that goes between any two fragments. */
  readonly pingBetween?: string;
  readonly compressed?: boolean;
}

/** A connection that speaks the target's dialect, and keeps the messages, pings and the close that it saw. */
export class Peer {
  readonly raw: RawClient;
  readonly messages: Message[] = [];
  readonly pings: number[] = [];
  readonly pongs: Frame[] = [];
  /** The code of the close frame: 1005 when it had none; undefined before there was one. */
  closeCode: number | undefined;
  answersPings: boolean;
  readonly #form: WireForm;
  #agreed: MessageDeflate | undefined;
  readonly #words: string[] = [];
  readonly #parts: Frame[] = [];
  #sentClose = false;

  private constructor(raw: RawClient, form: WireForm, answersPings: boolean) {
    this.raw = raw;
    this.#form = form;
    this.answersPings = answersPings;
    raw.onFrame = (frame) => this.#take(frame);
  }

  /** Connects and asks for the upgrade; whatever the server answers is in `raw.head`. */
  static async knock(server: RunningServer, options: PeerOptions = {}): Promise<Peer> {
    const form = wireForms[server.target.capabilities.wire];
    const raw = await RawClient.open(server.port, undefined, options.localAddress);
    const peer = new Peer(raw, form, options.answersPings ?? true);
    const path = form.upgradePath(new URL(server.url).pathname, options.query ?? {});
    const offer = options.offer === undefined ? {} : { 'Sec-WebSocket-Extensions': options.offer };
    const headers = { ...offer, ...options.headers, ...options.request?.headers };
    const request = upgradeRequest(`127.0.0.1:${server.port}`, path, { ...options.request, headers });
    raw.send(request.slice(0, options.firstBytes ?? 0));
    if (options.firstBytes) await turns(server, 2);
    raw.send(request.slice(options.firstBytes ?? 0));
    await raw.until('a response to the upgrade', () => raw.head ?? raw.ended);
    return peer;
  }

  /**
   * A connection that is ready for messages.
   * @throws Error when the server does not answer 101 with the right accept value.
   */
  static async open(server: RunningServer, options: PeerOptions = {}): Promise<Peer> {
    const peer = await Peer.knock(server, options);
    const { head } = peer.raw;
    if (head?.status !== 101) throw new Error(`the upgrade was refused: ${peer.raw.summary()}`);
    if (head.headers['sec-websocket-accept'] !== acceptValue) {
      throw new Error(`Sec-WebSocket-Accept is ${head.headers['sec-websocket-accept']}, not ${acceptValue}`);
    }
    for (const { wait, answer } of peer.#form.greeting) {
      await peer.raw.until(`a word like ${wait}`, () => peer.#words.some((word) => wait.test(word)));
      if (answer) peer.raw.send(answer);
    }
    return peer;
  }

  /** Sends a message whose bytes need no escaping in JSON. */
  say(data: string | Buffer, options: SendOptions = {}): void {
    this.raw.send(this.encode(data, options));
  }

  /** The payload of a text message in this peer's dialect, for frames made by hand. */
  textPayload(data: string | Uint8Array): Buffer {
    const { prefix, suffix } = this.#form.envelope(false, Buffer.byteLength(data));
    return Buffer.concat([prefix, Buffer.from(data), suffix]);
  }

  /** The frames of a message in this peer's dialect. */
  encode(data: string | Buffer, options: SendOptions = {}): Buffer {
    const envelope = this.#form.envelope(options.binary ?? false, Buffer.byteLength(data));
    const { lead, prefix, suffix, opcode } = envelope;
    const message = Buffer.concat([prefix, Buffer.from(data), suffix]);
    const payload = options.compressed ? this.#deflate().deflate(message) : message;
    const cuts = [0, ...(options.cuts ?? []).map((cut) => cut + prefix.length), payload.length];
    const frames: Buffer[] = lead ? [lead] : [];
    for (let i = 0; i + 1 < cuts.length; i += 1) {
      if (i > 0 && options.pingBetween !== undefined) {
        frames.push(clientFrame({ opcode: opcodes.ping, payload: options.pingBetween }));
      }
      frames.push(
        clientFrame({
          opcode: i === 0 ? opcode : opcodes.continuation,
          rsv: i === 0 && options.compressed ? rsv.one : 0,
          fin: i + 2 === cuts.length,
          payload: payload.subarray(cuts[i], cuts[i + 1]),
        }),
      );
    }
    return Buffer.concat(frames);
  }

  /** Says that it lives, asked or not. */
  pong(payload: Uint8Array | string = ''): void {
    this.raw.send(this.#form.pong ?? clientFrame({ opcode: opcodes.pong, payload }));
  }

  /** Starts the closing handshake. */
  close(payload: Uint8Array = Buffer.from([3, 232])): void {
    this.#sentClose = true;
    this.raw.send(clientFrame({ opcode: opcodes.close, payload }));
  }

  /** Waits for the `n`th message. */
  message(n: number, withinMs?: number): Promise<Message> {
    return this.raw.until(`message ${n}`, () => this.messages[n - 1], withinMs);
  }

  /** Waits for the end of the connection: the close code, 1006 without a close frame, and when it ended. */
  async end(withinMs?: number): Promise<{ code: number; atMs: number }> {
    const ended = await this.raw.until('the end of the connection', () => this.raw.ended, withinMs);
    return { code: this.closeCode ?? 1006, atMs: ended.atMs };
  }

  /** Made when it is first needed: a server may speak in the same write as its 101. */
  #deflate(): MessageDeflate {
    const takeover = negotiatedTakeover(this.raw.head?.headers['sec-websocket-extensions']);
    if (!takeover) throw new Error('a compressed message where permessage-deflate was not negotiated');
    this.#agreed ??= new MessageDeflate(takeover);
    return this.#agreed;
  }

  #take(frame: Frame): void {
    if (frame.opcode === opcodes.ping) {
      this.pings.push(frame.atMs);
      if (this.answersPings) this.raw.send(clientFrame({ opcode: opcodes.pong, payload: frame.payload }));
    } else if (frame.opcode === opcodes.pong) this.pongs.push(frame);
    else if (frame.opcode === opcodes.close) {
      this.closeCode = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005;
      if (!this.#sentClose) this.close(frame.payload.subarray(0, 2));
    } else {
      this.#parts.push(frame);
      if (frame.fin) this.#whole(this.#parts.splice(0));
    }
  }

  #whole(parts: readonly Frame[]): void {
    const first = parts[0]!;
    const payload = Buffer.concat(parts.map((part) => part.payload));
    const compressed = (first.rsv & rsv.one) !== 0;
    const data = compressed ? this.#deflate().inflate(payload) : payload;
    const facts = { atMs: parts.at(-1)!.atMs, compressed, wireBytes: payload.length };
    const read = this.#form.read(data, first.opcode === opcodes.binary);
    if (read.kind === 'message') this.messages.push({ ...facts, data: read.data, binary: read.binary });
    else if (read.kind === 'word') this.#words.push(read.word);
    else {
      this.pings.push(facts.atMs);
      if (this.answersPings) this.pong();
    }
  }
}

/** Waits until the server has answered `count` other requests in turn: what came before them it has read. */
export async function turns(server: RunningServer, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await (await fetch(`${server.httpUrl}/healthz`)).text();
}
