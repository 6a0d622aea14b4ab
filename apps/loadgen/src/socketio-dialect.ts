import type { LoadSpec } from '@ws-arena/results/load-spec';
import { isEnginePing } from '@ws-arena/wire/engine-io';
import { maskedFrame, randomMask } from '@ws-arena/wire/frame-encoder';
import { opcode } from '@ws-arena/wire/opcode';
import {
  connectPacket,
  isMessageAttachment,
  MESSAGE_EVENT,
  messageAttachmentFrame,
  messageTextAround,
  messageTextStart,
  packetType,
  parseConnectAnswer,
  parseSocketIoPacket,
} from '@ws-arena/wire/socket-io';
import {
  encodeMsgpackPacket,
  findMsgpackMessage,
  foundMessage,
  msgpackMessage,
  parseMsgpackPacket,
} from '@ws-arena/wire/socket-io-msgpack';
import { type DialectCodec, type Framing, GOODBYE, type MessageFrames, OTHER, PING } from './dialect.ts';
import type { Message } from './payload.ts';
import { pollingHandshake } from './polling-handshake.ts';
import { socketIoOpening, socketIoPath } from './socketio-opening.ts';
import { websocketDialect } from './websocket-dialect.ts';

/** What differs between the parsers: how a packet is put into frames and found again. */
export interface PacketCodec {
  /** The CONNECT packet, as frames. */
  connect(token: string | undefined): Buffer;
  /** The answer to CONNECT. @throws SocketIoError when it is a refusal or something else. */
  readAnswer(binary: boolean, data: Buffer): void;
}

const text = (packet: string): Buffer =>
  maskedFrame(Buffer.from(packet), { opcode: opcode.text, mask: randomMask() });

/** Packets of Socket.IO's default parser: text, with binary in frames of its own. */
const defaultPackets: PacketCodec = {
  connect: (token) => text(connectPacket(token)),
  readAnswer: (_binary, data) => {
    parseConnectAnswer(parseSocketIoPacket(data.toString()));
  },
};

/** Packets of socket.io-msgpack-parser: each is one binary frame. */
const msgpackPackets: PacketCodec = {
  connect: (token) => {
    const packet = { type: packetType.connect, ...(token !== undefined && { data: { token } }) };
    return maskedFrame(encodeMsgpackPacket(packet), { opcode: opcode.binary, mask: randomMask() });
  },
  readAnswer: (_binary, data) => {
    parseConnectAnswer(parseMsgpackPacket(data));
  },
};

/**
 * The codec of Socket.IO for one job: the default parser (text, JSON objects or binary attachments) or msgpack's.
 * JSON goes as an object, as its users send it, so that it is not escaped, and comes back byte for byte.
 */
export function socketIoDialect(spec: LoadSpec): DialectCodec {
  const packets = spec.dialect === 'socketio-msgpack' ? msgpackPackets : defaultPackets;
  const polling = spec.handshake.transport === 'polling';
  return {
    path: socketIoPath,
    ...(polling && { before: pollingHandshake(spec) }),
    opening: (handshake) => socketIoOpening(packets, handshake.token, polling),
    pong: text('3'),
    ...messagesOf(spec),
  };
}

type Messages = Pick<DialectCodec, 'frames' | 'payloadStart' | 'trailerBytes'>;

function messagesOf(spec: LoadSpec): Messages {
  if (spec.dialect === 'socketio-msgpack') return msgpackMessages;
  if (spec.payload.binary) return binaryMessages;
  return spec.payload.kind === 'json' ? jsonMessages : textMessages;
}

const textMessages: Messages = {
  frames: (message, framing) => framesAround(message, framing, ...messageTextAround()),
  payloadStart: (binary, data, start, end) => {
    const at = binary ? -1 : messageTextStart(data, start, end);
    return at < 0 ? otherPacket(binary, data, start, end) : at;
  },
  trailerBytes: 2,
};

const jsonHead = Buffer.from(`42["${MESSAGE_EVENT}",`);
const BRACE = 0x7b;

const jsonMessages: Messages = {
  frames: (message, framing) => framesAround(message, framing, jsonHead.toString(), ']'),
  payloadStart: (binary, data, start, end) => {
    const at = start + jsonHead.length;
    const isMessage =
      !binary && data[at] === BRACE && data.compare(jsonHead, 0, jsonHead.length, start, at) === 0;
    return isMessage ? at : otherPacket(binary, data, start, end);
  },
  trailerBytes: 1,
};

const binaryMessages: Messages = {
  frames: (message, framing) => {
    const head = Buffer.from(messageAttachmentFrame());
    const announcement = websocketDialect.frames(
      { payload: head, binary: false, headerAt: -1, hasTimes: false },
      framing,
    );
    const attachment = websocketDialect.frames(message, framing);
    return {
      bytes: Buffer.concat([announcement.bytes, attachment.bytes]),
      headerAt: attachment.headerAt < 0 ? -1 : announcement.bytes.length + attachment.headerAt,
      headerMask: attachment.headerMask,
    };
  },
  payloadStart: (binary, data, start, end) => {
    if (binary) return start;
    return isMessageAttachment(data, start, end) ? OTHER : otherPacket(binary, data, start, end);
  },
  trailerBytes: 0,
};

/** What follows the payload in the server's packets: the key `nsp` and the value `/`. */
const MSGPACK_TRAILER = Buffer.from('\xa3nsp\xa1/', 'latin1').length;

const msgpackMessages: Messages = {
  frames: (message, framing) => {
    const packet = msgpackMessage(message.binary ? message.payload : message.payload.toString());
    findMsgpackMessage(packet, 0, packet.length);
    const headerAt = message.headerAt < 0 ? -1 : foundMessage.start + message.headerAt;
    return websocketDialect.frames(
      { payload: packet, binary: true, headerAt, hasTimes: message.hasTimes },
      framing,
    );
  },
  payloadStart: (binary, data, start, end) => {
    if (!binary) return otherPacket(binary, data, start, end);
    const isMessage = findMsgpackMessage(data, start, end) && end - foundMessage.end === MSGPACK_TRAILER;
    return isMessage ? foundMessage.start : OTHER;
  },
  trailerBytes: MSGPACK_TRAILER,
};

function otherPacket(binary: boolean, data: Buffer, start: number, end: number): number {
  if (binary) return OTHER;
  if (isEnginePing(data, start, end)) return PING;
  const first = data[start];
  const isDisconnect = first === 0x34 && data[start + 1] === 0x31;
  return first === 0x31 || isDisconnect ? GOODBYE : OTHER;
}

function framesAround(message: Message, framing: Framing, before: string, after: string): MessageFrames {
  const escaped = JSON.stringify(message.payload.toString()).slice(1, -1);
  const payload = after === ']' || escaped === message.payload.toString() ? message.payload : undefined;
  if (!payload) {
    throw new Error(
      "the file has characters that JSON escapes, which Socket.IO's default parser would send longer than they are; send it with --binary",
    );
  }
  return websocketDialect.frames(
    {
      payload: Buffer.concat([Buffer.from(before), payload, Buffer.from(after)]),
      binary: false,
      headerAt: message.headerAt < 0 ? -1 : before.length + message.headerAt,
      hasTimes: message.hasTimes,
    },
    framing,
  );
}
