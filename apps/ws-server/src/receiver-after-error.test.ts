import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';

/** A client's frame, masked with zeros: the payload stands as it is. */
const frame = (first: number, payload: Uint8Array) =>
  Buffer.concat([Buffer.from([first, 0x80 | payload.length, 0, 0, 0, 0]), payload]);

const COMPRESSED_TEXT = 0xc1;
const TEXT = 0x81;
const CLOSE = 0x88;
const compressed = frame(COMPRESSED_TEXT, deflateRawSync('while this inflates'));

// What patches/ws@8.23.0.patch mends, and docs/upstream/ws-receiver-after-error.md reports to its author: what comes
// while a message inflates waits in Node's stream, which hands on the next chunk although the one before was an error.
test.each([
  ['a close code that is none', frame(CLOSE, Buffer.from([0, 5]))],
  ['text that is no UTF-8', frame(TEXT, Buffer.from([0xc0, 0x80]))],
])('%s, and more after it, while a message inflates: an error of that connection alone', async (_, wrong) => {
  const http = createServer();
  const wss = new WebSocketServer({ server: http, perMessageDeflate: true });
  const seen = new Promise<string[]>((resolve) => {
    wss.on('connection', (ws, request) => {
      const events: string[] = [];
      ws.on('message', (data) => events.push(String(data)));
      ws.on('error', ({ message }) => events.push(message));
      ws.on('close', () => resolve(events));
      for (const chunk of [compressed, wrong, Buffer.from('more')]) request.socket.emit('data', chunk);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const client = connect((http.address() as AddressInfo).port, '127.0.0.1');
  client.write(
    'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
  );
  client.resume().on('end', () => client.destroy());
  expect(await seen).toEqual(['while this inflates', expect.stringMatching(/^Invalid WebSocket frame: /)]);
  http.close();
});
