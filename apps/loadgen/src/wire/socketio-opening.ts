import type { LoadSpec } from '@ws-arena/load/load-spec';
import { isEnginePing, PROBE, PROBE_ANSWER, parseOpenPacket, SocketIoError } from '@ws-arena/wire/engine-io';
import { maskedFrame, randomMask } from '@ws-arena/wire/frame-encoder';
import { opcode } from '@ws-arena/wire/opcode';
import type { DialectPeer, Opening } from './dialect.ts';
import { type SessionPackets, sessionPackets } from './socketio-packets.ts';

/** A packet in a frame of its own. */
export function packetFrame(packet: string | Buffer): Buffer {
  const code = typeof packet === 'string' ? opcode.text : opcode.binary;
  return maskedFrame(Buffer.from(packet), { opcode: code, mask: randomMask() });
}

/** The request target of the upgrade: the URL's path (`/socket.io/` for none), its query, and Engine.IO's own. */
export function socketIoPath(url: URL): string {
  return engineTarget(url, 'websocket');
}

/** The request target of `transport`; `sid` names the session that polling has opened. */
export function engineTarget(url: URL, transport: 'websocket' | 'polling', sid?: string): string {
  const query = new URLSearchParams(url.search);
  query.set('EIO', '4');
  query.set('transport', transport);
  if (sid !== undefined) query.set('sid', sid);
  return `${url.pathname === '/' ? '/socket.io/' : url.pathname}?${query}`;
}

/**
 * From the upgrade to the open session. Directly: open packet, CONNECT, its answer. After polling, which has done all
 * that: a probe, its answer, and the packet that switches the transport.
 */
export function socketIoOpening(
  spec: LoadSpec,
  peer: DialectPeer,
  packets: SessionPackets = sessionPackets(spec),
): Opening {
  const { transport, token } = spec.handshake;
  return transport === 'polling' ? new Probe(peer) : new Direct(peer, packets, token);
}

class Probe implements Opening {
  readonly #peer: DialectPeer;

  constructor(peer: DialectPeer) {
    this.#peer = peer;
    peer.write(packetFrame(PROBE));
  }

  message(_binary: boolean, data: Buffer, start: number, end: number): void {
    const answer = data.toString('utf8', start, end);
    if (answer !== PROBE_ANSWER) {
      this.#peer.fail(`socket.io answered the probe with ${JSON.stringify(answer.slice(0, 40))}`);
      return;
    }
    this.#peer.write(packetFrame('5'));
    this.#peer.ready();
  }
}

class Direct implements Opening {
  readonly #peer: DialectPeer;
  readonly #packets: SessionPackets;
  readonly #token: string | undefined;
  #engineOpen = false;

  constructor(peer: DialectPeer, packets: SessionPackets, token: string | undefined) {
    this.#peer = peer;
    this.#packets = packets;
    this.#token = token;
  }

  message(binary: boolean, data: Buffer, start: number, end: number): void {
    if (!binary && isEnginePing(data, start, end)) {
      this.#peer.write(packetFrame('3'));
      return;
    }
    const packet = binary ? data.subarray(start, end) : data.toString('utf8', start, end);
    try {
      this.#read(binary, packet);
    } catch (error) {
      if (!(error instanceof SocketIoError)) throw error;
      this.#peer.fail(`socket.io: ${error.message}`);
    }
  }

  #read(binary: boolean, packet: string | Buffer): void {
    if (this.#engineOpen) {
      if (this.#packets.missed?.(packet)) return;
      this.#packets.readAnswer(packet);
      this.#peer.ready();
      return;
    }
    parseOpenPacket(binary ? '' : packet.toString());
    this.#engineOpen = true;
    this.#peer.write(packetFrame(this.#packets.connect(this.#token)));
  }
}
