import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { Connection } from './connection.ts';

test('a code that comes after the closing handshake has begun is not one that the client sees', async () => {
  const wss = new WebSocketServer({ host: '127.0.0.1', port: 0, WebSocket: Connection });
  await once(wss, 'listening');
  const client = connect({
    port: (wss.address() as AddressInfo).port,
    host: '127.0.0.1',
    allowHalfOpen: true,
  });
  client.write(
    'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const [connection] = (await once(wss, 'connection')) as [Connection];
  client.resume().write(Buffer.from([0x88, 0x80, 0, 0, 0, 0]));
  await once(client, 'end');
  connection.close(3000);
  expect(connection.sentCode).toBeUndefined();
  const ended = once(connection, 'close');
  client.end();
  expect((await ended)[0]).toBe(1005);
  wss.close();
});
