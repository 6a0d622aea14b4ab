import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { expectAllCameBack } from '../testing/all-came-back.ts';
import { testClient } from '../testing/test-client.ts';
import { runJob } from './job.ts';

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

describe('a load of handshakes', () => {
  const load = { kind: 'connect', ratePerSec: 0, concurrency: 4 } as const;

  test('ends each connection by a closing handshake, not by a reset', async () => {
    const url = await echo([]);
    const seen: unknown[] = [];
    let fins = 0;
    server!.on('connection', (socket, { socket: tcp }) => {
      tcp.on('end', () => {
        fins += 1;
      });
      socket.on('close', (code) => seen.push(code));
    });
    const { connections, warnings } = await runJob(spec(url, { load }), testClient());
    expect(connections.opened).toBeGreaterThan(0);
    await expect.poll(() => seen.length).toBe(connections.opened);
    expect(new Set(seen)).toEqual(new Set([1000]));
    expect(fins).toBe(connections.opened);
    expect(warnings).toEqual([]);
  });

  test('a server that does not answer the close frame is a warning, and holds up no more than its connections', async () => {
    const url = await echo([]);
    server!.on('connection', (_, request) => request.socket.pause());
    const handshake = { ...defaultSpec.handshake, timeoutMs: 100 };
    const { connections, warnings } = await runJob(
      spec(url, { load, handshake, durationMs: 500 }),
      testClient(),
    );
    expect(connections.opened).toBeGreaterThan(4);
    expect(warnings).toEqual([
      {
        kind: 'lost',
        detail: 'the server did not answer a close frame, or did not end its connection, within 100 ms',
      },
    ]);
  });
});

test('connections take their client addresses in turn', async () => {
  const addresses: (string | undefined)[] = [];
  const sourceAddresses = ['127.0.0.2', '127.0.0.3'];
  await runJob(spec(await echo([], addresses), { connections: 4, sourceAddresses }), testClient());
  expect(addresses.sort()).toEqual(['127.0.0.2', '127.0.0.2', '127.0.0.3', '127.0.0.3']);
});
