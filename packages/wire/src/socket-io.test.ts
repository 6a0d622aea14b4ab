import { decodePayload, encodePayload } from 'engine.io-parser';
import msgpack from 'socket.io-msgpack-parser';
import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser';
import { describe, expect, test } from 'vitest';
import { decodePollingBody, encodePollingBody, isEnginePing, parseOpenPacket } from './engine-io.ts';
import {
  ackId,
  connectPacket,
  encodeSocketIoPacket,
  isMessageAttachment,
  messageAttachmentFrame,
  messageTextAround,
  messageTextStart,
  parseConnectAnswer,
  parseSocketIoPacket,
} from './socket-io.ts';
import {
  encodeMsgpackPacket,
  findMsgpackAck,
  findMsgpackMessage,
  foundMessage,
  MSGPACK_ID_AT,
  msgpackMessage,
  parseMsgpackPacket,
} from './socket-io-msgpack.ts';

const packets: Packet[] = [
  { type: PacketType.CONNECT, nsp: '/' },
  { type: PacketType.CONNECT, nsp: '/', data: { token: 'a"b' } },
  { type: PacketType.CONNECT, nsp: '/admin' },
  { type: PacketType.DISCONNECT, nsp: '/' },
  { type: PacketType.EVENT, nsp: '/', data: ['message', 'hi'] },
  { type: PacketType.EVENT, nsp: '/', data: ['message', 'line\nbreak "quoted" ünïcode \u2028'] },
  { type: PacketType.EVENT, nsp: '/', id: 17, data: ['message', 1, null, { a: [true] }] },
  { type: PacketType.EVENT, nsp: '/admin', id: 0, data: ['x'] },
  { type: PacketType.ACK, nsp: '/', id: 17, data: [] },
  { type: PacketType.CONNECT_ERROR, nsp: '/', data: { message: 'no' } },
];

function official(packet: Packet): string {
  return `4${new Encoder().encode({ ...packet })[0]}`;
}

describe('the default parser', () => {
  test.each(packets)('%j is written and read as socket.io-parser does', (packet) => {
    const text = official(packet);
    expect(encodeSocketIoPacket(packet)).toBe(text);
    expect(parseSocketIoPacket(text)).toEqual(packet);
  });

  test.each(['', '4', '3probe', '49', '42x', '42[', '45["message"', '2["message"]'])(
    '%j is refused',
    (text) => {
      expect(() => parseSocketIoPacket(text)).toThrow(/is no packet of Socket.IO 5/);
    },
  );

  test('our binary event is the official one', () => {
    const event = { type: PacketType.EVENT, nsp: '/', data: ['message', Buffer.from('abc')] };
    const [head, attachment] = new Encoder().encode(event) as [string, Buffer];
    expect(messageAttachmentFrame()).toBe(`4${head}`);
    expect(attachment.toString()).toBe('abc');
    expect(parseSocketIoPacket(`4${head}`)).toMatchObject({ type: 5, attachments: 1 });
    const bytes = Buffer.from(`zz4${head}`);
    expect(isMessageAttachment(bytes, 2, bytes.length)).toBe(true);
    expect(isMessageAttachment(bytes, 2, bytes.length - 1)).toBe(false);
    expect(isMessageAttachment(Buffer.from('42["message","x"]'), 0, 17)).toBe(false);
  });

  test.each([undefined, 5, 123_456])('the text of a message is found where it lies, with ack id %s', (id) => {
    const text = 'a ü "quoted" \\ text';
    const packet = official({ type: PacketType.EVENT, nsp: '/', data: ['message', text], ...(id && { id }) });
    const bytes = Buffer.from(`....${packet}....`);
    const [start, end] = [4, bytes.length - 4];
    const at = messageTextStart(bytes, start, end);
    expect(JSON.parse(`"${bytes.toString('utf8', at, end - 2)}"`)).toBe(text);
    const [before, after] = messageTextAround(id);
    expect(before + JSON.stringify(text).slice(1, -1) + after).toBe(packet);
  });

  test.each([
    '42["other","x"]',
    '42["message",1]',
    '42["message","x"',
    '43["message","x"]',
    '2',
    '42["message"]',
    '42["message",]',
  ])('%j is no text message', (text) => {
    const bytes = Buffer.from(text);
    expect(messageTextStart(bytes, 0, bytes.length)).toBe(-1);
  });

  test('acknowledgements are told by their id', () => {
    const id = (text: string) => ackId(Buffer.from(text), 0, text.length);
    expect(id(official({ type: PacketType.ACK, nsp: '/', id: 4711, data: ['x'] }))).toBe(4711);
    expect(id('461-9[{"_placeholder":true,"num":0}]')).toBe(9);
    expect(id('42["message","x"]')).toBe(-1);
    expect(id('43[]')).toBe(-1);
  });

  test('what we write, the official decoder reads', () => {
    const decoder = new Decoder();
    const seen: Packet[] = [];
    decoder.on('decoded', (packet: Packet) => seen.push(packet));
    decoder.add(connectPacket('secret').slice(1));
    decoder.add(messageAttachmentFrame(3).slice(1));
    decoder.add(Buffer.from('body'));
    expect(seen[0]).toMatchObject({ type: PacketType.CONNECT, data: { token: 'secret' } });
    expect(seen[1]).toMatchObject({ type: PacketType.EVENT, id: 3, data: ['message', Buffer.from('body')] });
  });

  test('a refusal is said with its reason', () => {
    expect(parseConnectAnswer(parseSocketIoPacket('40{"sid":"abc"}'))).toBe('abc');
    const answer = parseSocketIoPacket('44{"message":"not you"}');
    expect(() => parseConnectAnswer(answer)).toThrow('the server refused the namespace: not you');
    expect(() => parseConnectAnswer(parseSocketIoPacket('41'))).toThrow(/type 1; wanted 0 or 4/);
  });
});

describe('the msgpack parser', () => {
  test.each(packets)('%j is written and read as socket.io-msgpack-parser does', (packet) => {
    const bytes = encodeMsgpackPacket(packet);
    expect(parseMsgpackPacket(bytes)).toEqual(packet);
    const seen: unknown[] = [];
    const decoder = new msgpack.Decoder();
    decoder.on('decoded', (decoded: unknown) => seen.push(decoded));
    decoder.add(bytes);
    expect(seen).toEqual([packet]);
  });

  test.each([0, 1, 31, 32, 255, 256, 65_535, 65_536])(
    'a payload of %i bytes is found, text and binary',
    (size) => {
      for (const payload of ['x'.repeat(size), Buffer.alloc(size, 7)]) {
        for (const id of [undefined, 3, 300, 70_000]) {
          const packet = msgpackMessage(payload, id);
          const bytes = Buffer.concat([Buffer.from('..'), packet, Buffer.from('..')]);
          expect(findMsgpackMessage(bytes, 2, 2 + packet.length)).toBe(true);
          expect(bytes.subarray(foundMessage.start, foundMessage.end)).toEqual(Buffer.from(payload));
        }
      }
    },
  );

  test.each([1_000_000_000, 2 ** 32 - 1])(
    'the id %i can be patched, and its acknowledgement is found',
    (id) => {
      const sent = msgpackMessage('x', 1_000_000_000);
      sent.writeUInt32BE(id, MSGPACK_ID_AT);
      expect(parseMsgpackPacket(sent)).toEqual({ id, type: 2, data: ['message', 'x'], nsp: '/' });
      for (const payload of ['x', Buffer.from([1, 2, 3])]) {
        const answer = encodeMsgpackPacket({ id, type: PacketType.ACK, data: [payload] });
        expect(findMsgpackAck(answer, 0, answer.length)).toBe(id);
        expect(answer.subarray(foundMessage.start, foundMessage.end)).toEqual(Buffer.from(payload));
        expect(findMsgpackMessage(answer, 0, answer.length)).toBe(false);
      }
      expect(findMsgpackAck(sent, 0, sent.length)).toBe(-1);
    },
  );

  test('what is no acknowledgement of one value is none', () => {
    const find = (packet: Packet) => {
      const bytes = encodeMsgpackPacket(packet);
      return findMsgpackAck(bytes, 0, bytes.length);
    };
    const ack = { type: PacketType.ACK, nsp: '/' };
    expect(find({ ...ack, id: 3, data: ['x'] })).toBe(3);
    expect(find({ ...ack, id: 3, data: [] })).toBe(-1);
    expect(find({ ...ack, id: 3, data: ['x', 'y'] })).toBe(-1);
    expect(find({ ...ack, id: 3, data: [7] })).toBe(-1);
    expect(find({ ...ack, id: 3 })).toBe(-1);
    expect(find({ ...ack, data: ['x'] })).toBe(-1);
  });

  test('the order of the keys does not matter, and other packets are told apart', () => {
    const encode = (value: unknown) => Reflect.get(new msgpack.Encoder().encode(value), 0) as Buffer;
    const find = (bytes: Buffer) => findMsgpackMessage(bytes, 0, bytes.length);
    expect(find(encode({ nsp: '/', data: ['message', 'x'], type: 2 }))).toBe(true);
    expect(find(encode({ x: [1.5, -300, 2 ** 40, { a: null }], data: ['message', 'x'], type: 2 }))).toBe(
      true,
    );
    expect(find(encode({ type: 3, data: ['message', 'x'], nsp: '/' }))).toBe(false);
    expect(find(encode({ type: 2, data: ['message', 7], nsp: '/' }))).toBe(false);
    expect(find(encode({ type: 2, data: ['massage', 'x'], nsp: '/' }))).toBe(false);
    expect(find(Buffer.from('2'))).toBe(false);
    expect(() => parseMsgpackPacket(Buffer.from([0x81]))).toThrow(/no (msgpack|whole)/);
  });
});

describe('Engine.IO', () => {
  test('the open packet', () => {
    const text =
      '0{"sid":"a","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
    expect(parseOpenPacket(text)).toEqual({
      sid: 'a',
      upgrades: ['websocket'],
      pingInterval: 25_000,
      pingTimeout: 20_000,
      maxPayload: 1_000_000,
    });
    expect(() => parseOpenPacket('{"code":0,"message":"Transport unknown"}')).toThrow(
      /wanted the open packet/,
    );
    expect(isEnginePing(Buffer.from('2'), 0, 1)).toBe(true);
    expect(isEnginePing(Buffer.from('2probe'), 0, 6)).toBe(false);
  });

  test('a polling body is written and read as engine.io-parser does', async () => {
    const packets = ['40', '42["message","x"]', Buffer.from([1, 2, 3])];
    const theirs = await new Promise<string>((resolve) => {
      encodePayload(
        packets.map((p) =>
          typeof p === 'string'
            ? { type: 'message' as const, data: p.slice(1) }
            : { type: 'message' as const, data: p },
        ),
        resolve,
      );
    });
    const ours = encodePollingBody(packets);
    expect(ours).toBe(theirs);
    expect(decodePollingBody(theirs)).toEqual(packets);
    expect(decodePayload(ours)).toHaveLength(3);
  });
});
