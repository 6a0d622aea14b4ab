import type { LoadSpec } from '@ws-arena/load/load-spec';
import { connectPacket, packetType, parseConnectAnswer, parseSocketIoPacket } from '@ws-arena/wire/socket-io';
import { encodeMsgpackPacket, parseMsgpackPacket } from '@ws-arena/wire/socket-io-msgpack';

/** A packet as text, or as the bytes of a binary message. */
type Packet = string | Buffer;

/** The packets that open a session of Socket.IO. */
export interface SessionPackets {
  /** CONNECT. */
  connect(token: string | undefined): Packet;
  /** Reads the answer to CONNECT. @throws SocketIoError when it is a refusal or something else. */
  readAnswer(packet: Packet): void;
  /** Takes a message of a restored session, which comes before the answer; false for any other packet. */
  missed?(packet: Packet): boolean;
}

const defaultPackets: SessionPackets = {
  connect: connectPacket,
  readAnswer: (packet) => void parseConnectAnswer(parseSocketIoPacket(packet.toString())),
};

const msgpackPackets: SessionPackets = {
  connect: (token) =>
    encodeMsgpackPacket({ type: packetType.connect, ...(token !== undefined && { data: { token } }) }),
  readAnswer: (packet) => void parseConnectAnswer(parseMsgpackPacket(Buffer.from(packet))),
};

/** Those of the parser that `spec` asks for: socket.io's own, or socket.io-msgpack-parser. */
export function sessionPackets({ dialect }: LoadSpec): SessionPackets {
  return dialect === 'socketio-msgpack' ? msgpackPackets : defaultPackets;
}
