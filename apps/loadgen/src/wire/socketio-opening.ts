import type { LoadSpec } from '@ws-arena/load/load-spec';
import { isEnginePing, PROBE, PROBE_ANSWER, parseOpenPacket, SocketIoError } from '@ws-arena/wire/engine-io';
import { maskedFrame, randomMask } from '@ws-arena/wire/frame-encoder';
import { opcode } from '@ws-arena/wire/opcode';
import type { Opening, OpeningStep } from './dialect.ts';
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
export function socketIoOpening(spec: LoadSpec): Opening {
  const { transport, token } = spec.handshake;
  return transport === 'polling' ? probe : new Direct(sessionPackets(spec), token);
}

const probe: Opening = {
  upgraded: () => ({ send: packetFrame(PROBE) }),
  message(_binary: boolean, data: Buffer, start: number, end: number): OpeningStep {
    const answer = data.toString('utf8', start, end);
    if (answer === PROBE_ANSWER) return { send: packetFrame('5'), done: true };
    return { failed: `socket.io answered the probe with ${JSON.stringify(answer.slice(0, 40))}` };
  },
};

class Direct implements Opening {
  readonly #packets: SessionPackets;
  readonly #token: string | undefined;
  #engineOpen = false;

  constructor(packets: SessionPackets, token: string | undefined) {
    this.#packets = packets;
    this.#token = token;
  }

  upgraded(): OpeningStep {
    return {};
  }

  message(binary: boolean, data: Buffer, start: number, end: number): OpeningStep {
    if (!binary && isEnginePing(data, start, end)) return { send: packetFrame('3') };
    const packet = binary ? data.subarray(start, end) : data.toString('utf8', start, end);
    try {
      if (this.#engineOpen) {
        this.#packets.readAnswer(packet);
        return { done: true };
      }
      parseOpenPacket(binary ? '' : packet.toString());
      this.#engineOpen = true;
      return { send: packetFrame(this.#packets.connect(this.#token)) };
    } catch (error) {
      if (error instanceof SocketIoError) return { failed: `socket.io: ${error.message}` };
      throw error;
    }
  }
}
