import { engineType, SocketIoError } from './engine-io.ts';

/** Packet types of Socket.IO v5 (socket.io/docs/socket-io-protocol). */
export const packetType = {
  connect: 0,
  disconnect: 1,
  event: 2,
  ack: 3,
  connectError: 4,
  binaryEvent: 5,
  binaryAck: 6,
} as const;

/** One packet of Socket.IO with the default parser. */
export interface SocketIoPacket {
  readonly type: number;
  /** `/` unless said otherwise. */
  readonly nsp: string;
  readonly id?: number;
  readonly data?: unknown;
  /** How many binary frames follow; only of the two binary types. */
  readonly attachments?: number;
}

/** The event that the contract's servers echo. */
export const MESSAGE_EVENT = 'message';

/**
 * The text frame of a packet, Engine.IO's `4` included. Buffers inside `data` must already be placeholders
 * (`{_placeholder: true, num: 0}`), and are sent as binary frames after it.
 */
export function encodeSocketIoPacket(packet: Omit<SocketIoPacket, 'nsp'> & { nsp?: string }): string {
  const { type, nsp = '/', id, data, attachments } = packet;
  return [
    '4',
    type,
    attachments === undefined ? '' : `${attachments}-`,
    nsp === '/' ? '' : `${nsp},`,
    id ?? '',
    data === undefined ? '' : JSON.stringify(data),
  ].join('');
}

/** Reads a text frame `4…`. @throws SocketIoError when it is no packet of Socket.IO v5. */
export function parseSocketIoPacket(text: string): SocketIoPacket {
  const parts = /^4([0-6])(?:(?<=[56])(\d+)-)?(?:(\/[^,]*),)?(\d+)?([[{"].*)?$/s.exec(text);
  if (!parts) throw notAPacket(text);
  const [, type, attachments, nsp, id, json] = parts;
  let data: unknown;
  try {
    data = json === undefined ? undefined : JSON.parse(json);
  } catch (cause) {
    throw notAPacket(text, cause);
  }
  return {
    type: Number(type),
    nsp: nsp ?? '/',
    ...(attachments !== undefined && { attachments: Number(attachments) }),
    ...(id !== undefined && { id: Number(id) }),
    ...(data !== undefined && { data }),
  };
}

function notAPacket(text: string, cause?: unknown): SocketIoError {
  const got = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  return new SocketIoError(`${got} is no packet of Socket.IO 5`, { cause });
}

const QUOTE = 0x22;
const eventTail = Buffer.from(`["${MESSAGE_EVENT}",`);
const placeholder = Buffer.from('{"_placeholder":true,"num":0}]');

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function hasBytes(buffer: Uint8Array, at: number, end: number, wanted: Uint8Array): boolean {
  if (at + wanted.length > end) return false;
  for (let i = 0; i < wanted.length; i += 1) if (buffer[at + i] !== wanted[i]) return false;
  return true;
}

/**
 * Where the text of `42["message","…"]` begins in `buffer[start, end)`, or -1 when the packet is something else; the
 * text ends two bytes before `end`, and is still JSON-escaped. Of the default namespace, with or without an ack id.
 * Allocates nothing: called once for each message received.
 */
export function messageTextStart(buffer: Uint8Array, start: number, end: number): number {
  if (buffer[start] !== engineType.message || buffer[start + 1] !== 0x32) return -1;
  let at = start + 2;
  while (isDigit(buffer[at])) at += 1;
  if (!hasBytes(buffer, at, end, eventTail)) return -1;
  at += eventTail.length;
  const closed = buffer[end - 1] === 0x5d && buffer[end - 2] === QUOTE;
  return buffer[at] === QUOTE && closed && at + 1 <= end - 2 ? at + 1 : -1;
}

/** Whether `buffer[start, end)` is `451-["message",{…}]`, after which one binary frame holds the message. */
export function isMessageAttachment(buffer: Uint8Array, start: number, end: number): boolean {
  const head = buffer[start] === engineType.message && buffer[start + 1] === 0x35;
  if (!head || buffer[start + 2] !== 0x31 || buffer[start + 3] !== 0x2d) return false;
  let at = start + 4;
  while (isDigit(buffer[at])) at += 1;
  return (
    hasBytes(buffer, at, end, eventTail) &&
    at + eventTail.length + placeholder.length === end &&
    hasBytes(buffer, at + eventTail.length, end, placeholder)
  );
}

/** The id of an acknowledgement `43<id>[…]` (or `461-<id>[…]`) in `buffer[start, end)`, or -1 when it is none. */
export function ackId(buffer: Uint8Array, start: number, end: number): number {
  if (buffer[start] !== engineType.message) return -1;
  const binary = buffer[start + 1] === 0x36 && buffer[start + 2] === 0x31 && buffer[start + 3] === 0x2d;
  if (buffer[start + 1] !== 0x33 && !binary) return -1;
  let at = start + (binary ? 4 : 2);
  if (!isDigit(buffer[at])) return -1;
  let id = 0;
  while (at < end && isDigit(buffer[at])) {
    id = id * 10 + buffer[at]! - 0x30;
    at += 1;
  }
  return id;
}

/** What goes before and after the JSON-escaped text of an event: `42["message","` and `"]`. */
export function messageTextAround(id?: number): readonly [string, string] {
  return [`42${id ?? ''}["${MESSAGE_EVENT}","`, '"]'];
}

/** The text frame that announces one binary attachment as the message. */
export function messageAttachmentFrame(id?: number): string {
  return `451-${id ?? ''}["${MESSAGE_EVENT}",{"_placeholder":true,"num":0}]`;
}

/** A session that a server may restore: its private id, and the offset of the last message that the client has. */
export interface LeftSession {
  readonly pid: string;
  readonly offset: string;
}

/** The text frame that enters the default namespace, with the token and the session to be restored where there are such. */
export function connectPacket(token?: string, left?: LeftSession): string {
  const data = { ...(token !== undefined && { token }), ...left };
  return encodeSocketIoPacket({
    type: packetType.connect,
    ...(Object.keys(data).length > 0 && { data }),
  });
}

/**
 * Reads the server's answer to `connectPacket`; returns the socket's id.
 * @throws SocketIoError with the server's reason when it refused, or when the answer is something else.
 */
export function parseConnectAnswer(packet: SocketIoPacket): string {
  const data = packet.data as { sid?: unknown; message?: unknown } | undefined;
  if (packet.type === packetType.connect && typeof data?.sid === 'string') return data.sid;
  if (packet.type === packetType.connectError) {
    throw new SocketIoError(
      `the server refused the namespace: ${String(data?.message ?? 'no reason given')}`,
    );
  }
  throw new SocketIoError(`the server answered CONNECT with a packet of type ${packet.type}; wanted 0 or 4`);
}
