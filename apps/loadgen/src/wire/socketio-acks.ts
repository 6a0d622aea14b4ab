import type { LoadSpec } from '@ws-arena/load/load-spec';
import { ackId } from '@ws-arena/wire/socket-io';
import { findMsgpackAck, foundMessage, MSGPACK_ID_AT } from '@ws-arena/wire/socket-io-msgpack';
import { ACK_DIGITS, writeUint32 } from './ack-id.ts';
import { FIRST_ACK_ID } from './frames.ts';
import {
  binaryFrames,
  jsonFrames,
  type Messages,
  MSGPACK_TRAILER,
  msgpackFrames,
  OTHER,
  otherPacket,
  textFrames,
} from './socketio-messages.ts';

/** Messages that go as an event with an ack id, and come back in the acknowledgement with that id. */
export function ackMessages(spec: LoadSpec): Messages {
  if (spec.dialect === 'socketio-msgpack') return msgpackAcks;
  if (spec.payload.binary) return binaryAcks;
  return spec.payload.kind === 'json' ? textAcks(jsonFrames, '{') : textAcks(textFrames, '"');
}

/** Bytes of `43<id>[`. */
const HEAD_BYTES = 2 + ACK_DIGITS + 1;
const BRACKET = 0x5b;

/** @param first the character that a message begins with in JSON; a string's quotes are not part of the payload. */
function textAcks(frames: typeof textFrames, first: '"' | '{'): Messages {
  const quote = first === '"' ? 1 : 0;
  const code = first.charCodeAt(0);
  return {
    frames: (message, framing) => frames(message, framing, FIRST_ACK_ID),
    payloadStart: (binary, data, start, end, peer) => {
      peer.ackedId = binary ? -1 : ackId(data, start, end);
      const at = start + HEAD_BYTES;
      const isMessage = peer.ackedId >= 0 && data[at - 1] === BRACKET && data[at] === code;
      return isMessage ? at + quote : otherPacket(binary, data, start, end);
    },
    trailerBytes: quote + 1,
  };
}

/** The id comes in `461-<id>[…]`, and the message in the binary frame after it. */
const binaryAcks: Messages = {
  frames: (message, framing) => binaryFrames(message, framing, FIRST_ACK_ID),
  payloadStart: (binary, data, start, end, peer) => {
    if (binary) return peer.ackedId < 0 ? OTHER : start;
    const other = otherPacket(binary, data, start, end);
    if (other === OTHER) peer.ackedId = ackId(data, start, end);
    return other;
  },
  trailerBytes: 0,
};

const msgpackAcks: Messages = {
  frames: (message, framing) =>
    msgpackFrames(message, framing, FIRST_ACK_ID, { at: MSGPACK_ID_AT, write: writeUint32 }),
  payloadStart: (binary, data, start, end, peer) => {
    if (!binary) return otherPacket(binary, data, start, end);
    peer.ackedId = findMsgpackAck(data, start, end);
    const isMessage = peer.ackedId >= 0 && end - foundMessage.end === MSGPACK_TRAILER;
    return isMessage ? foundMessage.start : OTHER;
  },
  trailerBytes: MSGPACK_TRAILER,
};
