import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultSpec, type LoadSpec } from '@ws-arena/results/load-spec';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { runJob } from './job.ts';
import { expectAllCameBack } from './testing/all-came-back.ts';
import { testClient } from './testing/test-client.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

let server: WebSocketServer | undefined;
afterEach(() => {
  for (const client of server?.clients ?? []) client.terminate();
  server?.close();
});

/** A real `ws` server that echoes; `requests` gets every upgrade request, `addresses` where it came from. */
async function echo(requests: IncomingMessage[], addresses: (string | undefined)[] = []): Promise<string> {
  const wss = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (offered) => (offered.has('v2') ? 'v2' : false),
  });
  server = wss;
  wss.on('connection', (socket, request) => {
    requests.push(request);
    addresses.push(request.socket.remoteAddress);
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  await new Promise((resolve) => wss.once('listening', resolve));
  return `ws://127.0.0.1:${(wss.address() as AddressInfo).port}/path?a=1`;
}

const spec = (url: string, values: Partial<LoadSpec>): LoadSpec => ({
  ...defaultSpec,
  urls: [url],
  load: { kind: 'open', ratePerSec: 500, over: 'all', arrivals: 'constant', profile: 'constant' },
  durationMs: 100,
  verify: true,
  ...values,
});

test('origin, headers, subprotocols, token and path reach a server that is not ours', async () => {
  const requests: IncomingMessage[] = [];
  const handshake = {
    ...defaultSpec.handshake,
    origin: 'https://app.example',
    headers: { 'X-Tenant': 'seven' },
    subprotocols: ['v1', 'v2'],
    token: 'secret',
  };
  expectAllCameBack(await runJob(spec(await echo(requests), { handshake }), testClient()), 50);
  expect(requests).toHaveLength(1);
  expect(requests[0]!.url).toBe('/path?a=1');
  expect(requests[0]!.headers).toMatchObject({
    origin: 'https://app.example',
    'x-tenant': 'seven',
    'sec-websocket-protocol': 'v1, v2',
    authorization: 'Bearer secret',
  });
});

test('connections take their client addresses in turn', async () => {
  const addresses: (string | undefined)[] = [];
  const sourceAddresses = ['127.0.0.2', '127.0.0.3'];
  await runJob(spec(await echo([], addresses), { connections: 4, sourceAddresses }), testClient());
  expect(addresses.sort()).toEqual(['127.0.0.2', '127.0.0.2', '127.0.0.3', '127.0.0.3']);
});
