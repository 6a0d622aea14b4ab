import type { LoadSpec } from '@ws-arena/load/load-spec';
import { isEnginePing } from '@ws-arena/wire/engine-io';
import {
  isMessageAttachment,
  MESSAGE_EVENT,
  messageAttachmentFrame,
  messageTextAround,
  messageTextStart,
} from '@ws-arena/wire/socket-io';
import { findMsgpackMessage, foundMessage, msgpackMessage } from '@ws-arena/wire/socket-io-msgpack';
import { writeDigits } from './ack-id.ts';
import type { DialectPeer, Framing } from './dialect.ts';
import type { AckField, MessageFrames } from './frames.ts';
import type { Message } from './message.ts';
import { rotateMask, websocketDialect } from './websocket-dialect.ts';

/** `Messages.payloadStart` of a packet that is none of the load's, such as `40`. */
export const OTHER = -1;
/** `Messages.payloadStart` of a packet that must be answered with a pong. */
export const PING = -2;
/** `Messages.payloadStart` of a packet by which the server ends the session, such as `41`. */
export const DISCONNECT = -3;

/** How messages are put into packets of Socket.IO and found again. */
export interface Messages {
  frames(message: Message, framing: Framing): MessageFrames;
  /**
   * Where the payload begins in a message that `peer` received, or OTHER, PING or DISCONNECT. Where replies are
   * acknowledgements, it sets `peer.ackedId`.
   */
  payloadStart(binary: boolean, data: Buffer, start: number, end: number, peer: DialectPeer): number;
  /** Bytes that follow the payload in a received message. */
  readonly trailerBytes: number;
}

/** Messages that go and come back as the event `message`. */
export function eventMessages(spec: LoadSpec): Messages {
  if (spec.dialect === 'socketio-msgpack') return msgpackMessages;
  if (spec.payload.binary) return binaryMessages;
  return spec.payload.kind === 'json' ? jsonMessages : textMessages;
}

const textMessages: Messages = {
  frames: textFrames,
  payloadStart: (binary, data, start, end) => {
    const at = binary ? -1 : messageTextStart(data, start, end);
    return at < 0 ? otherPacket(binary, data, start, end) : at;
  },
  trailerBytes: 2,
};

const jsonHead = Buffer.from(`42["${MESSAGE_EVENT}",`);
const BRACE = 0x7b;

const jsonMessages: Messages = {
  frames: jsonFrames,
  payloadStart: (binary, data, start, end) => {
    const at = start + jsonHead.length;
    const isMessage =
      !binary && data[at] === BRACE && data.compare(jsonHead, 0, jsonHead.length, start, at) === 0;
    return isMessage ? at : otherPacket(binary, data, start, end);
  },
  trailerBytes: 1,
};

const binaryMessages: Messages = {
  frames: binaryFrames,
  payloadStart: (binary, data, start, end) => {
    if (binary) return start;
    return isMessageAttachment(data, start, end) ? OTHER : otherPacket(binary, data, start, end);
  },
  trailerBytes: 0,
};

/** What follows the payload in the server's packets of msgpack: the key `nsp` and the value `/`. */
export const MSGPACK_TRAILER = Buffer.from('\xa3nsp\xa1/', 'latin1').length;

const msgpackMessages: Messages = {
  frames: msgpackFrames,
  payloadStart: (binary, data, start, end) => {
    if (!binary) return otherPacket(binary, data, start, end);
    const isMessage = findMsgpackMessage(data, start, end) && end - foundMessage.end === MSGPACK_TRAILER;
    return isMessage ? foundMessage.start : OTHER;
  },
  trailerBytes: MSGPACK_TRAILER,
};

/** `Messages.payloadStart` of a packet that is no message of the load. */
export function otherPacket(binary: boolean, data: Buffer, start: number, end: number): number {
  if (binary) return OTHER;
  if (isEnginePing(data, start, end)) return PING;
  const first = data[start];
  const isDisconnect = first === 0x34 && data[start + 1] === 0x31;
  return first === 0x31 || isDisconnect ? DISCONNECT : OTHER;
}

/** The frame of `42["message","…"]`; of `42<id>["message","…"]` where there is one. */
export function textFrames(message: Message, framing: Framing, id?: number): MessageFrames {
  const text = message.payload.toString();
  if (JSON.stringify(text).length !== text.length + 2) {
    throw new Error(
      "the file has characters that JSON escapes, which Socket.IO's default parser would send longer than they are; send it with --binary",
    );
  }
  const [before, after] = messageTextAround(id);
  return framesAround(message, framing, before, after, digitsAt(2, id));
}

/** The frame of `42["message",{…}]`; of `42<id>["message",{…}]` where there is one. */
export function jsonFrames(message: Message, framing: Framing, id?: number): MessageFrames {
  return framesAround(message, framing, `42${id ?? ''}["${MESSAGE_EVENT}",`, ']', digitsAt(2, id));
}

/** The frames of `451-["message",…]` and its attachment; of `451-<id>["message",…]` where there is one. */
export function binaryFrames(message: Message, framing: Framing, id?: number): MessageFrames {
  const head = Buffer.from(messageAttachmentFrame(id));
  const announcement = framesOfPacket(
    { payload: head, binary: false, headerAt: -1, hasTimes: false },
    framing,
    digitsAt(4, id),
  );
  const attachment = websocketDialect.frames(message, framing);
  return {
    ...announcement,
    bytes: Buffer.concat([announcement.bytes, attachment.bytes]),
    headerAt: attachment.headerAt < 0 ? -1 : announcement.bytes.length + attachment.headerAt,
    headerMask: attachment.headerMask,
  };
}

/** The frame of msgpack's packet; `ack` is where its id stands when it is sent with `id`. */
export function msgpackFrames(
  message: Message,
  framing: Framing,
  id?: number,
  ack?: AckPlace,
): MessageFrames {
  const packet = msgpackMessage(message.binary ? message.payload : message.payload.toString(), id);
  findMsgpackMessage(packet, 0, packet.length);
  const headerAt = message.headerAt < 0 ? -1 : foundMessage.start + message.headerAt;
  return framesOfPacket(
    { payload: packet, binary: true, headerAt, hasTimes: message.hasTimes },
    framing,
    ack,
  );
}

/** Where an ack id stands in a packet, before framing. */
export type AckPlace = Omit<AckField, 'mask'>;

function digitsAt(at: number, id: number | undefined): AckPlace | undefined {
  return id === undefined ? undefined : { at, write: writeDigits };
}

function framesAround(
  message: Message,
  framing: Framing,
  before: string,
  after: string,
  ack: AckPlace | undefined,
): MessageFrames {
  const packet = {
    payload: Buffer.concat([Buffer.from(before), message.payload, Buffer.from(after)]),
    binary: false,
    headerAt: message.headerAt < 0 ? -1 : before.length + message.headerAt,
    hasTimes: message.hasTimes,
  };
  return framesOfPacket(packet, framing, ack);
}

/** The frame of a packet, and where its header and its ack id, which stands before that, are to be patched. */
export function framesOfPacket(packet: Message, framing: Framing, ack: AckPlace | undefined): MessageFrames {
  if (!ack) return websocketDialect.frames(packet, framing);
  // Compression leaves everything up to the end of a header as it is, so also the id before it.
  const patchAt = packet.headerAt < 0 ? ack.at : packet.headerAt;
  const frames = websocketDialect.frames({ ...packet, headerAt: patchAt }, framing);
  const back = patchAt - ack.at;
  return {
    ...frames,
    headerAt: packet.headerAt < 0 ? -1 : frames.headerAt,
    ack: { at: frames.headerAt - back, mask: rotateMask(frames.headerMask, -back), write: ack.write },
  };
}
