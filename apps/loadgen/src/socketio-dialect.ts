import type { LoadSpec } from '@ws-arena/load/load-spec';
import { maskedFrame, randomMask } from '@ws-arena/wire/frame-encoder';
import { opcode } from '@ws-arena/wire/opcode';
import { connectPacket, packetType, parseConnectAnswer, parseSocketIoPacket } from '@ws-arena/wire/socket-io';
import { encodeMsgpackPacket, parseMsgpackPacket } from '@ws-arena/wire/socket-io-msgpack';
import type { DialectCodec } from './dialect.ts';
import { pollingHandshake } from './polling-handshake.ts';
import { ackMessages } from './socketio-acks.ts';
import { eventMessages } from './socketio-messages.ts';
import { socketIoOpening, socketIoPath } from './socketio-opening.ts';

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
    ...(spec.acks ? ackMessages(spec) : eventMessages(spec)),
  };
}
