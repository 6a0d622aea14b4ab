import { RETRY_MS, type RedisLink } from './redis-link.ts';
import type { Deliver, Rooms } from './rooms.ts';

const TOPIC = 'room/';
const CHANNEL = 'ws-arena:room:';
const TEXT = 1;
const BINARY = 2;
/** More than this may not wait for Redis to take it. */
const MAX_PENDING_BYTES = 64 * 2 ** 20;

type Hear = (envelope: Buffer) => void;

/**
 * Rooms over instances by Redis Pub/Sub: one channel for each room, `ws-arena:room:NAME`, to which an instance is
 * subscribed while it has a member. A message is one byte, 1 for text and 2 for binary, and the payload. The publisher
 * hears its own by way of Redis too, so that all members see one order. While Redis is away, a message reaches the members
 * that its own instance has, and is counted as lost.
 */
export class RedisRooms<Message extends Buffer | ArrayBuffer> {
  readonly #link: RedisLink;
  readonly #deliver: Deliver<Message | Buffer>;
  readonly #heard = new Map<string, Hear>();
  /** Of rooms whose subscription Redis has not confirmed: what was published since. */
  readonly #unconfirmed = new Map<string, Buffer[]>();
  #pending = 0;
  #pendingBytes = 0;

  constructor(link: RedisLink, rooms: Rooms<unknown>, deliver: Deliver<Message | Buffer>) {
    this.#link = link;
    this.#deliver = deliver;
    rooms.onFirst = (topic) => topic.startsWith(TOPIC) && this.#join(topic);
    rooms.onLast = (topic) => topic.startsWith(TOPIC) && this.#leave(topic);
  }

  /** Sends a message to the members of a room on all instances. */
  readonly publish = (topic: string, message: Message, isBinary: boolean): void => {
    const bytes = message.byteLength + 1;
    if (!this.#link.up || this.#pendingBytes + bytes > MAX_PENDING_BYTES) {
      this.#link.lost += 1;
      this.#deliver(topic, message, isBinary);
      return;
    }
    const envelope = Buffer.allocUnsafe(bytes);
    envelope[0] = isBinary ? BINARY : TEXT;
    envelope.set(message instanceof ArrayBuffer ? new Uint8Array(message) : message, 1);
    const waiting = this.#unconfirmed.get(topic);
    if (waiting) waiting.push(envelope);
    else this.#send(topic, envelope);
  };

  #send(topic: string, envelope: Buffer): void {
    this.#pending += 1;
    this.#pendingBytes += envelope.length;
    this.#link.publisher.publish(channelOf(topic), envelope).then(this.#published, this.#refused);
  }

  /** @param receivers how many instances have it; this one should be among them. */
  readonly #published = (receivers: number): void => {
    if (receivers === 0) this.#link.lost += 1;
    this.#settled();
  };

  readonly #refused = (): void => {
    this.#link.lost += 1;
    this.#settled();
  };

  /** A reply does not say how long its message was: the mean of those that wait serves for a bound. */
  #settled(): void {
    this.#pendingBytes -= this.#pendingBytes / this.#pending;
    this.#pending -= 1;
  }

  #join(topic: string): void {
    const hear = (envelope: Buffer) => this.#deliver(topic, envelope.subarray(1), envelope[0] === BINARY);
    this.#heard.set(topic, hear);
    this.#unconfirmed.set(topic, []);
    this.#subscribe(topic, hear);
  }

  #subscribe(topic: string, hear: Hear): void {
    this.#link.subscriber.subscribe(channelOf(topic), hear, true).then(
      () => this.#confirmed(topic, hear),
      () => this.#later(() => this.#heard.get(topic) === hear && this.#subscribe(topic, hear)),
    );
  }

  #confirmed(topic: string, hear: Hear): void {
    if (this.#heard.get(topic) !== hear) return;
    const waiting = this.#unconfirmed.get(topic) ?? [];
    this.#unconfirmed.delete(topic);
    for (const envelope of waiting) this.#send(topic, envelope);
  }

  #leave(topic: string): void {
    const hear = this.#heard.get(topic)!;
    this.#heard.delete(topic);
    this.#link.lost += this.#unconfirmed.get(topic)?.length ?? 0;
    this.#unconfirmed.delete(topic);
    this.#unsubscribe(topic, hear);
  }

  /** The client subscribes again to what it has not left for certain, so a leave that Redis did not hear is repeated. */
  #unsubscribe(topic: string, hear: Hear): void {
    this.#link.subscriber
      .unsubscribe(channelOf(topic), hear, true)
      .catch(() => this.#later(() => this.#unsubscribe(topic, hear)));
  }

  #later(again: () => void): void {
    if (!this.#link.closed) setTimeout(again, RETRY_MS);
  }
}

function channelOf(topic: string): string {
  return CHANNEL + topic.slice(TOPIC.length);
}
