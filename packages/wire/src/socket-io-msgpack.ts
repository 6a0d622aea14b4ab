import parser from 'socket.io-msgpack-parser';
import { SocketIoError } from './engine-io.ts';
import { MESSAGE_EVENT, packetType, type SocketIoPacket } from './socket-io.ts';

/**
 * The binary frame of a packet as socket.io-msgpack-parser 3.0.2 writes it: the map `{type, data, nsp[, id]}`. Made
 * once per connection or payload, so the library itself does it.
 */
export function encodeMsgpackPacket(packet: Omit<SocketIoPacket, 'nsp'> & { nsp?: string }): Buffer {
  const { type, data, nsp = '/', id } = packet;
  const value = { type, ...(data !== undefined && { data }), nsp, ...(id !== undefined && { id }) };
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

/** The packet of one message: text as a string, bytes as msgpack's bin. */
export function msgpackMessage(payload: string | Buffer, id?: number): Buffer {
  return encodeMsgpackPacket({
    type: packetType.event,
    data: [MESSAGE_EVENT, payload],
    ...(id !== undefined && { id }),
  });
}

const messageName = Buffer.from(MESSAGE_EVENT);
const dataKey = Buffer.from('data');
const typeKey = Buffer.from('type');

/** Found by `findMsgpackMessage`: where the payload lies. One object for all calls, so that none is allocated. */
export const foundMessage = { start: 0, end: 0 };

/**
 * Finds the payload of an EVENT "message" in the packet `buffer[start, end)`; sets `foundMessage` and returns true, or
 * returns false when the packet is something else. Keys may come in any order. Allocates nothing.
 */
export function findMsgpackMessage(buffer: Uint8Array, start: number, end: number): boolean {
  const first = buffer[start]!;
  if ((first & 0xf0) !== 0x80) return false;
  let at = start + 1;
  let isEvent = false;
  let isMessage = false;
  for (let left = first & 0x0f; left > 0 && at < end; left -= 1) {
    const key = at;
    at = skipValue(buffer, at);
    if (isString(buffer, key, typeKey)) isEvent = buffer[at] === packetType.event;
    else if (isString(buffer, key, dataKey)) isMessage = findInData(buffer, at);
    at = skipValue(buffer, at);
  }
  return isEvent && isMessage && at === end;
}

function findInData(buffer: Uint8Array, at: number): boolean {
  if (buffer[at] !== 0x92 || !isString(buffer, at + 1, messageName)) return false;
  const value = skipValue(buffer, at + 1);
  const head = headBytes(buffer[value]!);
  if (head === 0) return false;
  foundMessage.start = value + head;
  foundMessage.end = skipValue(buffer, value);
  return true;
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
