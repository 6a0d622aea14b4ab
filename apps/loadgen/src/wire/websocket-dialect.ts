import { maskedFrame, maskedHeaderBytes } from '@ws-arena/wire/frame-encoder';
import { opcode } from '@ws-arena/wire/opcode';
import type { DialectCodec, Framing, Opening } from './dialect.ts';
import type { MessageFrames } from './frames.ts';
import type { Message } from './message.ts';

const opening: Opening = { message() {} };

/** Plain WebSocket: a message is its payload, and the session is open with the upgrade. */
export const websocketDialect: DialectCodec = {
  path: (url) => url.pathname + url.search,
  opening(peer) {
    peer.ready();
    return opening;
  },
  made: 'job',
  frames: frameMessage,
  acks: false,
};

function frameMessage(message: Message, framing: Framing): MessageFrames {
  const compressed = framing.compress?.(message.payload, message.headerAt);
  const payload = compressed?.bytes ?? message.payload;
  const inPayload = compressed?.headerAt ?? message.headerAt;
  const bytes = maskedFrame(payload, {
    opcode: message.binary ? opcode.binary : opcode.text,
    mask: framing.mask,
    rsv1: compressed !== undefined,
  });
  return {
    bytes,
    headerAt: inPayload < 0 ? -1 : maskedHeaderBytes(payload.length) + inPayload,
    headerMask: rotateMask(framing.mask, Math.max(0, inPayload)),
  };
}

/** The mask as it applies from `phase` bytes into a frame's payload on. */
export function rotateMask(mask: Uint8Array, phase: number): Uint8Array {
  return mask.map((_, i) => mask[(phase + i) & 3]!);
}
