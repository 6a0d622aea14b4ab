import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { type RawData, WebSocketServer } from 'ws';

const CHUNKS = 500;
const CHUNK_BYTES = 65_536;
const pong = Buffer.concat([Buffer.from([0x8a, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125)]);

/** What one read of 64 KiB brings: a fragment of one letter, and pongs. */
function chunkOf(i: number): Buffer {
  const first = i === 0 ? 0x01 : i === CHUNKS - 1 ? 0x80 : 0x00;
  const chunk = Buffer.from(new ArrayBuffer(CHUNK_BYTES));
  chunk.set([first, 0x81, 0, 0, 0, 0, 97 + (i % 26)]);
  const most = Math.floor((CHUNK_BYTES - 7) / pong.length) * pong.length;
  for (let at = 7; at < most; at += pong.length) chunk.set(pong, at);
  return chunk.subarray(0, 7 + most);
}

function memoryBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
}

// What patches/ws@8.23.0.patch mends, and docs/upstream/ws-fragments-pin-their-reads.md reports to its author.
test('fragments that wait do not hold the reads that brought them', async () => {
  const http = createServer();
  const wss = new WebSocketServer({ server: http });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const client = connect((http.address() as AddressInfo).port, '127.0.0.1');
  client.write(
    'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const [ws, request] = await once(wss, 'connection');
  const message = once(ws, 'message') as Promise<[RawData]>;
  const before = memoryBytes();
  for (let i = 0; i < CHUNKS - 1; i += 1) request.socket.emit('data', chunkOf(i));
  const held = memoryBytes() - before;
  request.socket.emit('data', chunkOf(CHUNKS - 1));
  const [data] = await message;
  expect(String(data)).toBe(
    Array.from({ length: CHUNKS }, (_, i) => String.fromCharCode(97 + (i % 26))).join(''),
  );
  expect(held).toBeLessThan(20 * CHUNK_BYTES);
  client.destroy();
  http.close();
});
