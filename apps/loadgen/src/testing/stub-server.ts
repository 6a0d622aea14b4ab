import { createServer, type Server, type Socket } from 'node:net';
import { acceptFor, headEnd } from '@ws-arena/wire/handshake';
import { opcode } from '@ws-arena/wire/opcode';
import { ClientFrames } from './client-frames.ts';
import { plainEcho, type StubBehaviour, type StubCounts } from './stub-behaviour.ts';

/** A running stub. */
export interface StubServer {
  readonly url: string;
  readonly port: number;
  readonly counts: Readonly<StubCounts>;
  /** The addresses that connections came from. */
  readonly peers: ReadonlySet<string>;
  /** Echoes are kept from now on, until `release`. */
  hold(): void;
  release(): void;
  /** Ends the connections that are open with 1001, as a server that goes away. */
  closeAll(): void;
  /** Bytes that wait in the process for peers that do not read them. */
  waitingBytes(): number;
  /** Ends all connections; resolves when the port is free. */
  stop(): Promise<void>;
}

/** Starts a WebSocket server of known behaviour on `host`, to check a load generator's figures against. */
export async function startStub(
  behaviour: Partial<StubBehaviour> = {},
  host = '127.0.0.1',
  port = 0,
): Promise<StubServer> {
  const stub = new Stub({ ...plainEcho, ...behaviour });
  await new Promise<void>((resolve, reject) => {
    stub.server.once('error', reject);
    stub.server.listen({ host, port, backlog: 4096 }, resolve);
  });
  const address = stub.server.address();
  const bound = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `ws://${host}:${bound}/`,
    port: bound,
    counts: stub.counts,
    peers: stub.addresses,
    hold: () => stub.hold(),
    release: () => stub.release(),
    closeAll: () => stub.closeAll(),
    waitingBytes: () => stub.waitingBytes(),
    stop: () => stub.stop(),
  };
}

interface Waiting {
  readonly at: number;
  readonly peer: Peer;
  readonly frame: Buffer;
}

class Stub {
  readonly behaviour: StubBehaviour;
  readonly server: Server;
  readonly addresses = new Set<string>();
  readonly counts: StubCounts = {
    connections: 0,
    received: 0,
    echoed: 0,
    dropped: 0,
    duplicated: 0,
    reordered: 0,
    closed: 0,
    pushed: 0,
    mostInOneRead: 0,
  };
  readonly #peers = new Set<Peer>();
  /** Echoes in the order in which they leave: their times never fall. */
  readonly #waiting: Waiting[] = [];
  #held = false;
  #lastAt = 0;
  #firstAt = -1;
  #timer: NodeJS.Timeout | undefined;
  #pushTimer: NodeJS.Timeout | undefined;

  constructor(behaviour: StubBehaviour) {
    this.behaviour = behaviour;
    this.server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    if (behaviour.pushEveryMs > 0) this.#pushTimer = setInterval(() => this.#push(), behaviour.pushEveryMs);
  }

  /** Takes one message, and sends or keeps what answers it. */
  message(peer: Peer, code: number, payload: Buffer): void {
    const { dropOneIn, duplicateOneIn, reorderOneIn, closeAfter, deafAfter, burnUs } = this.behaviour;
    if (peer.closing) return;
    this.counts.received += 1;
    peer.received += 1;
    if (burnUs > 0) burn(burnUs);
    const frame = serverFrame(code, payload);
    const isNth = (n: number, count: number) => n > 0 && count % n === 0;
    if (isNth(dropOneIn, this.counts.received)) this.counts.dropped += 1;
    else if (isNth(reorderOneIn, peer.received) && !peer.held) {
      peer.held = frame;
      this.counts.reordered += 1;
    } else {
      this.#echo(peer, frame);
      if (isNth(duplicateOneIn, this.counts.received)) {
        this.counts.duplicated += 1;
        this.#echo(peer, frame);
      }
      if (peer.held) this.#echo(peer, peer.held);
      peer.held = undefined;
    }
    if (deafAfter > 0 && peer.received === deafAfter) peer.socket.pause();
    if (closeAfter > 0 && peer.received === closeAfter) {
      this.counts.closed += 1;
      peer.closing = true;
      this.#send(peer, serverFrame(opcode.close, Buffer.from([0x03, 0xe9])));
    }
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#arm(performance.now());
  }

  closeAll(): void {
    for (const peer of this.#peers) peer.socket.end(serverFrame(opcode.close, Buffer.from([0x03, 0xe9])));
  }

  waitingBytes(): number {
    return [...this.#peers].reduce((sum, { socket }) => sum + socket.writableLength, 0);
  }

  stop(): Promise<void> {
    clearInterval(this.#pushTimer);
    clearTimeout(this.#timer);
    for (const peer of this.#peers) peer.socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  #echo(peer: Peer, frame: Buffer): void {
    this.counts.echoed += 1;
    if (this.behaviour.rooms === 0) this.#send(peer, frame);
    else for (const member of this.#peers) if (member.room === peer.room) this.#send(member, frame);
  }

  #send(peer: Peer, frame: Buffer): void {
    const now = performance.now();
    const at = this.#leavesAt(now, frame.length);
    if (at <= now && this.#waiting.length === 0 && !this.#held) peer.write(frame);
    else {
      this.#waiting.push({ at, peer, frame });
      this.#arm(now);
    }
  }

  #leavesAt(now: number, bytes: number): number {
    const { delayMs, freezeAtMs, freezeMs, echoBytesPerSec } = this.behaviour;
    if (this.#firstAt < 0) this.#firstAt = now;
    let at = now + delayMs;
    const frozenFrom = this.#firstAt + freezeAtMs;
    if (freezeMs > 0 && now >= frozenFrom && now < frozenFrom + freezeMs)
      at = Math.max(at, frozenFrom + freezeMs);
    at = Math.max(at, this.#lastAt);
    if (echoBytesPerSec > 0) at += (bytes * 1000) / echoBytesPerSec;
    this.#lastAt = at;
    return at;
  }

  #arm(now: number): void {
    if (this.#timer || this.#waiting.length === 0 || this.#held) return;
    this.#timer = setTimeout(() => this.#flush(), Math.max(1, Math.ceil(this.#waiting[0]!.at - now)));
  }

  #flush(): void {
    this.#timer = undefined;
    // Timers may fire up to a millisecond early; an echo that left before its delay would be a wrong lower bound.
    const now = performance.now();
    let due = 0;
    while (due < this.#waiting.length && this.#waiting[due]!.at <= now) due += 1;
    for (const { peer, frame } of this.#waiting.splice(0, due)) peer.write(frame);
    this.#arm(now);
  }

  #push(): void {
    for (const peer of this.#peers) {
      if (!peer.open) continue;
      this.counts.pushed += 1;
      peer.write(serverFrame(opcode.text, Buffer.from(`push ${this.counts.pushed}`)));
    }
  }

  #accept(socket: Socket): void {
    if (socket.remoteAddress !== undefined) this.addresses.add(socket.remoteAddress);
    const peer = new Peer(socket, this);
    this.#peers.add(peer);
    socket.once('close', () => this.#peers.delete(peer));
  }
}

class Peer {
  readonly socket: Socket;
  received = 0;
  open = false;
  /** Path and query of the upgrade. */
  room = '';
  /** Its close frame is under way: what still comes is not answered. */
  closing = false;
  /** An echo that waits for its successor. */
  held: Buffer | undefined;
  readonly #stub: Stub;
  #head = Buffer.alloc(0);

  constructor(socket: Socket, stub: Stub) {
    this.socket = socket;
    this.#stub = stub;
    const frames = new ClientFrames((code, payload) => this.#frame(code, payload));
    // A client that resets its connection is part of every load's end.
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      const rest = this.open ? chunk : this.#upgrade(chunk);
      if (!rest) return;
      socket.cork();
      const before = this.received;
      frames.push(rest);
      const { counts } = this.#stub;
      counts.mostInOneRead = Math.max(counts.mostInOneRead, this.received - before);
      process.nextTick(() => socket.uncork());
    });
  }

  write(frame: Buffer): void {
    if (!this.socket.destroyed) this.socket.write(frame);
  }

  #frame(code: number, payload: Buffer): void {
    if (code === opcode.text || code === opcode.binary) this.#stub.message(this, code, payload);
    else if (code === opcode.ping) this.write(serverFrame(opcode.pong, payload));
    else if (code === opcode.close) this.socket.end(serverFrame(opcode.close, payload));
  }

  #upgrade(chunk: Buffer): Buffer | undefined {
    const head = Buffer.concat([this.#head, chunk]);
    const end = headEnd(head, 0, head.length);
    this.#head = head;
    if (end < 0) return undefined;
    const key = /^sec-websocket-key: *(\S+)/im.exec(head.toString('latin1', 0, end))?.[1];
    const { refuseStatus, acceptFirst } = this.#stub.behaviour;
    const isFull = acceptFirst > 0 && this.#stub.counts.connections >= acceptFirst;
    const refused = refuseStatus || (isFull ? 503 : key === undefined ? 400 : 0);
    if (key === undefined || refused > 0) {
      this.socket.end(`HTTP/1.1 ${refused} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return undefined;
    }
    this.socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptFor(key)}\r\n\r\n`,
    );
    this.open = true;
    this.room = head.toString('latin1', 0, end).split(' ', 2)[1] ?? '';
    this.#stub.counts.connections += 1;
    return head.subarray(end);
  }
}

function serverFrame(code: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 0x10000 ? 4 : 10);
  head[0] = 0x80 | code;
  head[1] = length < 126 ? length : length < 0x10000 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

function burn(us: number): void {
  const until = performance.now() + us / 1000;
  while (performance.now() < until);
}
