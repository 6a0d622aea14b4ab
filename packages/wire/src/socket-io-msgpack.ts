import parser from 'socket.io-msgpack-parser';
import { SocketIoError } from './engine-io.ts';
import { MESSAGE_EVENT, packetType, type SocketIoPacket } from './socket-io.ts';

/**
 * The binary frame of a packet as socket.io-msgpack-parser 3.0.2 writes it: the map `{type, data, nsp[, id]}`. Made
 * once per connection or payload, so the library itself does it.
 */
export function encodeMsgpackPacket(packet: Omit<SocketIoPacket, 'nsp'> & { nsp?: string }): Buffer {
  const { type, data, nsp = '/', id } = packet;
  return encoded({ type, ...(data !== undefined && { data }), nsp, ...(id !== undefined && { id }) });
}

function encoded(value: object): Buffer {
  // Its typings promise an ArrayBuffer; it returns an array of one Buffer.
  const frame: unknown = Reflect.get(new parser.Encoder().encode(value), 0);
  if (!Buffer.isBuffer(frame)) throw new SocketIoError('the msgpack encoder made no buffer');
  return frame;
}

/** Reads a binary frame. @throws SocketIoError when it is no packet of this parser. */
export function parseMsgpackPacket(frame: Buffer): SocketIoPacket {
  let packet: SocketIoPacket | undefined;
  const decoder = new parser.Decoder();
  decoder.on('decoded', (decoded: SocketIoPacket) => {
    packet = decoded;
  });
  try {
    decoder.add(frame);
  } catch (cause) {
    throw new SocketIoError(`${frame.length} bytes are no msgpack packet of Socket.IO`, { cause });
  }
  if (!packet) throw new SocketIoError(`${frame.length} bytes hold no whole msgpack packet of Socket.IO`);
  return packet;
}

/** Where the id stands in a packet of `msgpackMessage` with an id from 65,536 on: four bytes, behind map, key and type. */
export const MSGPACK_ID_AT = 5;

/**
 * The packet of one message: text as a string, bytes as msgpack's bin. An id is its first key, and stands before all
 * that may be compressed; the order of keys means nothing.
 */
export function msgpackMessage(payload: string | Buffer, id?: number): Buffer {
  const value = { ...(id !== undefined && { id }), type: packetType.event, data: [MESSAGE_EVENT, payload] };
  return encoded({ ...value, nsp: '/' });
}

const messageName = Buffer.from(MESSAGE_EVENT);
const dataKey = Buffer.from('data');
const typeKey = Buffer.from('type');
const idKey = Buffer.from('id');

/**
 * Found by `findMsgpackMessage` and `findMsgpackAck`: where the payload lies. One object for all calls, so that none is
 * allocated.
 */
export const foundMessage = { start: 0, end: 0 };

/** What `readPacket` found; one object for all calls. */
const packet = { type: -1, dataAt: -1, id: -1 };

/**
 * Finds the payload of an EVENT "message" in the packet `buffer[start, end)`; sets `foundMessage` and returns true, or
 * returns false when the packet is something else. Keys may come in any order. Allocates nothing.
 */
export function findMsgpackMessage(buffer: Uint8Array, start: number, end: number): boolean {
  if (!readPacket(buffer, start, end) || packet.type !== packetType.event) return false;
  const nameAt = packet.dataAt + 1;
  const isMessage = buffer[packet.dataAt] === 0x92 && isString(buffer, nameAt, messageName);
  return isMessage && findPayload(buffer, skipValue(buffer, nameAt));
}

/**
 * Finds the payload of an acknowledgement of one value in the packet `buffer[start, end)`; sets `foundMessage` and
 * returns its id, or returns -1 when the packet is something else. Allocates nothing.
 */
export function findMsgpackAck(buffer: Uint8Array, start: number, end: number): number {
  if (!readPacket(buffer, start, end) || packet.type !== packetType.ack) return -1;
  return buffer[packet.dataAt] === 0x91 && findPayload(buffer, packet.dataAt + 1) ? packet.id : -1;
}

/** Reads a packet's type and id, and where its data begins; false when it is no whole map. */
function readPacket(buffer: Uint8Array, start: number, end: number): boolean {
  const first = buffer[start]!;
  if ((first & 0xf0) !== 0x80) return false;
  let at = start + 1;
  packet.type = packet.dataAt = packet.id = -1;
  for (let left = first & 0x0f; left > 0 && at < end; left -= 1) {
    const key = at;
    at = skipValue(buffer, at);
    if (isString(buffer, key, typeKey)) packet.type = readUint(buffer, at);
    else if (isString(buffer, key, dataKey)) packet.dataAt = at;
    else if (isString(buffer, key, idKey)) packet.id = readUint(buffer, at);
    at = skipValue(buffer, at);
  }
  return packet.dataAt >= 0 && at === end;
}

function findPayload(buffer: Uint8Array, at: number): boolean {
  const head = headBytes(buffer[at]!);
  if (head === 0) return false;
  foundMessage.start = at + head;
  foundMessage.end = skipValue(buffer, at);
  return true;
}

/** The whole number from 0 to 2^32 - 1 at `at`; -1 for anything else. */
function readUint(buffer: Uint8Array, at: number): number {
  const type = buffer[at]!;
  if (type < 0x80) return type;
  return type >= 0xcc && type <= 0xce ? bigEndian(buffer, at + 1, 1 << (type - 0xcc)) : -1;
}

function isString(buffer: Uint8Array, at: number, wanted: Uint8Array): boolean {
  if (buffer[at] !== (0xa0 | wanted.length)) return false;
  for (let i = 0; i < wanted.length; i += 1) if (buffer[at + 1 + i] !== wanted[i]) return false;
  return true;
}

/** Bytes before the content of a str or bin; 0 for every other type. */
function headBytes(type: number): number {
  if ((type & 0xe0) === 0xa0) return 1;
  if (type === 0xc4 || type === 0xd9) return 2;
  if (type === 0xc5 || type === 0xda) return 3;
  return type === 0xc6 || type === 0xdb ? 5 : 0;
}

/** Where the value after the one at `at` begins. An unknown type ends the walk past every buffer. */
function skipValue(buffer: Uint8Array, at: number): number {
  const type = buffer[at];
  if (type === undefined) return Number.MAX_SAFE_INTEGER;
  if (type < 0x80 || type >= 0xe0) return at + 1;
  if ((type & 0xe0) === 0xa0) return at + 1 + (type & 0x1f);
  const head = headBytes(type);
  if (head > 0) return at + head + bigEndian(buffer, at + 1, head - 1);
  if (type < 0xa0) return skipMany(buffer, at + 1, (type & 0x0f) * (type < 0x90 ? 2 : 1));
  if (type === 0xdc) return skipMany(buffer, at + 3, bigEndian(buffer, at + 1, 2));
  if (type === 0xde) return skipMany(buffer, at + 3, 2 * bigEndian(buffer, at + 1, 2));
  return at + scalarBytes(type);
}

function skipMany(buffer: Uint8Array, at: number, count: number): number {
  let next = at;
  for (let left = count; left > 0 && next < buffer.length; left -= 1) next = skipValue(buffer, next);
  return next;
}

function bigEndian(buffer: Uint8Array, at: number, bytes: number): number {
  let value = 0;
  for (let i = 0; i < bytes; i += 1) value = value * 256 + (buffer[at + i] ?? 0);
  return value;
}

/** nil, booleans, numbers and fixed extensions, type byte included (msgpack specification, "Overview"). */
function scalarBytes(type: number): number {
  if (type === 0xc0 || type === 0xc2 || type === 0xc3) return 1;
  if (type >= 0xca && type <= 0xcb) return type === 0xca ? 5 : 9;
  if (type >= 0xcc && type <= 0xd3) return 1 + 2 ** ((type - 0xcc) & 3);
  if (type >= 0xd4 && type <= 0xd8) return 2 + 2 ** (type - 0xd4);
  return Number.MAX_SAFE_INTEGER;
}
