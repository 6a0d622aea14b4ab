import type { Dialect } from '@ws-arena/wire/dialect';
import {
  connectPacket,
  messageAttachmentFrame,
  messageTextAround,
  packetType,
} from '@ws-arena/wire/socket-io';
import {
  encodeMsgpackPacket,
  findMsgpackMessage,
  foundMessage,
  msgpackMessage,
  parseMsgpackPacket,
} from '@ws-arena/wire/socket-io-msgpack';
import { clientFrame, opcodes } from './client-frame.ts';

/** What stands around a message's own bytes in a dialect. */
export interface Envelope {
  /** The frame that goes before, if any. */
  readonly lead?: Buffer;
  readonly opcode: number;
  readonly prefix: Buffer;
  readonly suffix: Buffer;
}

/** What a message from the server is: a ping, one for the user, or a word of the dialect's own. */
export type Reading =
  | { readonly kind: 'ping' }
  | { readonly kind: 'message'; readonly data: Buffer; readonly binary: boolean }
  | { readonly kind: 'word'; readonly word: string };

/** How one dialect says the same things: the suite's rows know only this. */
export interface WireForm {
  readonly upgradePath: (path: string, query: Readonly<Record<string, string>>) => string;
  /** Around a message of that many bytes, none of which needs escaping in JSON. */
  readonly envelope: (binary: boolean, bytes: number) => Envelope;
  /** What the client must do after the upgrade: the words it waits for, and the frames that answer them. */
  readonly greeting: readonly { readonly wait: RegExp; readonly answer?: Buffer }[];
  readonly read: (data: Buffer, binary: boolean) => Reading;
  /** The frame that answers a ping; absent where a pong is a control frame. */
  readonly pong?: Buffer;
}

const query = (pairs: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(pairs).toString();
  return text === '' ? '' : `?${text}`;
};

const NOTHING = Buffer.alloc(0);
const plain = (binary: boolean): Envelope => ({
  opcode: binary ? opcodes.binary : opcodes.text,
  prefix: NOTHING,
  suffix: NOTHING,
});

const websocket: WireForm = {
  upgradePath: (path, pairs) => path + query(pairs),
  envelope: plain,
  greeting: [],
  read: (data, binary) => ({ kind: 'message', data, binary }),
};

const text = (payload: string) => clientFrame({ opcode: opcodes.text, payload });
const [textPrefix, textSuffix] = messageTextAround().map((part) => Buffer.from(part)) as [Buffer, Buffer];
const attachment = text(messageAttachmentFrame());

// Engine.IO protocol 4 and Socket.IO protocol 5: one packet in each WebSocket message.
const socketio: WireForm = {
  upgradePath: (path, pairs) => path + query({ EIO: '4', transport: 'websocket', ...pairs }),
  envelope: (binary) =>
    binary
      ? { ...plain(true), lead: attachment }
      : { opcode: opcodes.text, prefix: textPrefix, suffix: textSuffix },
  greeting: [{ wait: /^0\{/, answer: text(connectPacket()) }, { wait: /^40/ }],
  read: (data, binary) => {
    if (binary) return { kind: 'message', data, binary };
    const word = data.toString();
    if (word === '2') return { kind: 'ping' };
    const [, message] = word.startsWith('42[') ? (JSON.parse(word.slice(2)) as [string, unknown]) : [];
    return typeof message === 'string'
      ? { kind: 'message', data: Buffer.from(message), binary: false }
      : { kind: 'word', word };
  },
  pong: text('3'),
};

// The packets of Socket.IO are binary messages; those of Engine.IO stay texts.
const msgpack: WireForm = {
  ...socketio,
  envelope: (binary, bytes) => {
    const packet = msgpackMessage(binary ? Buffer.alloc(bytes) : ' '.repeat(bytes));
    findMsgpackMessage(packet, 0, packet.length);
    const { start, end } = foundMessage;
    return { opcode: opcodes.binary, prefix: packet.subarray(0, start), suffix: packet.subarray(end) };
  },
  greeting: [
    {
      wait: /^0\{/,
      answer: clientFrame({
        opcode: opcodes.binary,
        payload: encodeMsgpackPacket({ type: packetType.connect }),
      }),
    },
    { wait: /^40/ },
  ],
  read: (data, binary) => {
    if (!binary) return socketio.read(data, binary);
    const packet = parseMsgpackPacket(data);
    const [, message] = packet.type === packetType.event ? (packet.data as [string, unknown]) : [];
    if (typeof message === 'string') return { kind: 'message', data: Buffer.from(message), binary: false };
    return Buffer.isBuffer(message)
      ? { kind: 'message', data: message, binary: true }
      : { kind: 'word', word: `4${packet.type}` };
  },
};

/** How each dialect is spoken. */
export const wireForms: Readonly<Record<Dialect, WireForm>> = {
  websocket,
  socketio,
  'socketio-msgpack': msgpack,
};
