import { parseConfig } from '@ws-arena/config/parse-config';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import { clientFrame, opcodes } from '@ws-arena/contract/suite/client-frame';
import { readMetrics } from '@ws-arena/contract/suite/metrics-text';
import { Peer } from '@ws-arena/contract/suite/peer';
import { targetNamed } from '@ws-arena/contract/targets';
import parser from 'socket.io-msgpack-parser';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

// Packets that no client of Socket.IO sends as a `message`, each on a connection of its own. Generous: a busy machine is
// no failure.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const text = (payload: string) => clientFrame({ opcode: opcodes.text, payload });
const binary = (payload: Uint8Array) => clientFrame({ opcode: opcodes.binary, payload });

/** An event with binary attachments: one text, and a frame for each of them. */
const attached = (count: number, data: string, bytes: number) =>
  Buffer.concat([text(`45${count}-["message",${data}]`), ...Array(count).fill(binary(Buffer.alloc(bytes)))]);
const place = (num: number) => `{"_placeholder":true,"num":${num}}`;
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

const json: Record<string, Buffer> = {
  'a number for an acknowledgement': text('42["message","x",1]'),
  'a number for an acknowledgement, and one asked for': text('4217["message","x",1]'),
  'null for an acknowledgement': text('42["message","x",null]'),
  '5,000 nested arrays': text(`42["message",${nested(5000)}]`),
  '5,000 nested arrays to be acknowledged': text(`4217["message",${nested(5000)}]`),
  'nested objects': text(`42["message",${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}]`),
  'a number': text('42["message",1]'),
  null: text('42["message",null]'),
  'no data at all': text('42["message"]'),
  'an acknowledgement without data': text('4217["message"]'),
  'an attachment in an object': attached(1, `{"a":${place(0)}}`, 10),
  'one attachment named 2,000 times': attached(1, `[${Array(2000).fill(place(0)).join()}]`, 65_536),
  'ten attachments': attached(10, Array.from({ length: 10 }, (_, num) => place(num)).join(), 65_536),
};

/** An event in msgpack, as the parser's own encoder writes it. */
function packed(...data: readonly unknown[]): Buffer {
  const [frame] = new parser.Encoder().encode({ type: 2, nsp: '/', data }) as unknown as [Buffer];
  return binary(frame);
}

const msgpack: Record<string, Buffer> = {
  'a number for an acknowledgement': packed('message', 'x', 1),
  '5,000 nested arrays': packed('message', JSON.parse(nested(1000))),
  'no data at all': packed('message'),
  'an event whose name is an object that is no text': packed({ toString: 1 }),
  'an event by a name that is socket.io’s own': packed('disconnect'),
};

describe.each([
  ['socketio', json],
  ['socketio-msgpack', msgpack],
])('%s', (name, packets) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer(targetNamed(name)!, parseConfig({ port: 0 }));
  });
  afterAll(() => server.stop());

  test.each(Object.entries(packets))(
    '%s: disconnected, nothing sent, nobody else feels it',
    async (_, packet) => {
      const [hostile, other] = [await Peer.open(server), await Peer.open(server)];
      const before = hostile.raw.bytesReceived;
      hostile.raw.send(packet);
      expect((await hostile.end()).code).toBe(1005);
      expect(hostile.raw.bytesReceived - before).toBeLessThan(100);
      other.say('untouched');
      await other.message(1);
      other.raw.destroy();
    },
  );

  test('JSON within reason comes back', async () => {
    const peer = await Peer.open(server);
    peer.raw.send(
      name === 'socketio-msgpack' ? packed('message', [{ a: 1 }]) : text('42["message",[{"a":1}]]'),
    );
    await peer.raw.until('the echo', () =>
      peer.raw.frames.some(({ payload }) => payload.includes('message')),
    );
    peer.raw.destroy();
  });

  test('what was refused is not counted as a message', async () => {
    expect((await readMetrics(server)).get('ws_messages_total{direction="sent"}')).toBe(
      Object.keys(packets).length + 1,
    );
  });
});
