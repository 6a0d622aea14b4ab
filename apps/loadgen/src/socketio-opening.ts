import { PROBE, PROBE_ANSWER, parseOpenPacket, SocketIoError } from '@ws-arena/wire/engine-io';
import { maskedFrame, randomMask } from '@ws-arena/wire/frame-encoder';
import { opcode } from '@ws-arena/wire/opcode';
import type { Opening, OpeningStep } from './dialect.ts';
import type { PacketCodec } from './socketio-dialect.ts';

const frame = (packet: string): Buffer =>
  maskedFrame(Buffer.from(packet), { opcode: opcode.text, mask: randomMask() });

const pong = frame('3');
const probe = frame(PROBE);
const upgrade = frame('5');

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
export function socketIoOpening(packets: PacketCodec, token: string | undefined, polling: boolean): Opening {
  return polling ? new Probe() : new Direct(packets, token);
}

class Probe implements Opening {
  upgraded(): OpeningStep {
    return { send: probe };
  }

  message(_binary: boolean, data: Buffer, start: number, end: number): OpeningStep {
    const answer = data.toString('utf8', start, end);
    if (answer === PROBE_ANSWER) return { send: upgrade, done: true };
    return { failed: `socket.io answered the probe with ${JSON.stringify(answer.slice(0, 40))}` };
  }
}

class Direct implements Opening {
  readonly #packets: PacketCodec;
  readonly #token: string | undefined;
  #engineOpen = false;

  constructor(packets: PacketCodec, token: string | undefined) {
    this.#packets = packets;
    this.#token = token;
  }

  upgraded(): OpeningStep {
    return {};
  }

  message(binary: boolean, data: Buffer, start: number, end: number): OpeningStep {
    const packet = data.subarray(start, end);
    if (!binary && packet.length === 1 && packet[0] === 0x32) return { send: pong };
    try {
      if (this.#engineOpen) {
        this.#packets.readAnswer(binary, packet);
        return { done: true };
      }
      parseOpenPacket(binary ? '' : packet.toString());
      this.#engineOpen = true;
      return { send: this.#packets.connect(this.#token) };
    } catch (error) {
      if (error instanceof SocketIoError) return { failed: `socket.io: ${error.message}` };
      throw error;
    }
  }
}
