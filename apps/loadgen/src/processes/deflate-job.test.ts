import type { AddressInfo } from 'node:net';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type PerMessageDeflateOptions, WebSocketServer } from 'ws';
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

/** A real `ws` server that echoes; what it parsed of the messages ends up in `texts`. */
async function echo(
  perMessageDeflate: boolean | PerMessageDeflateOptions,
  texts: string[] = [],
): Promise<string> {
  const wss = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate });
  server = wss;
  wss.on('connection', (socket) => {
    socket.on('message', (data, binary) => {
      texts.push(data.toString());
      socket.send(data, { binary });
    });
  });
  await new Promise((resolve) => wss.once('listening', resolve));
  return `ws://127.0.0.1:${(wss.address() as AddressInfo).port}/`;
}

const spec = (url: string, values: Partial<LoadSpec>): LoadSpec => ({
  ...defaultSpec,
  urls: [url],
  connections: 2,
  load: { kind: 'open', ratePerSec: 500, over: 'all', arrivals: 'constant', profile: 'constant' },
  payload: { kind: 'json', bytes: 2048, binary: false, seed: 1 },
  durationMs: 200,
  ...values,
});

describe.each(['takeover', 'no-takeover'] as const)('deflate %s', (deflate) => {
  test.each([true, false])(
    'verify %s: every message comes back, and few bytes are on the wire',
    async (verify) => {
      const texts: string[] = [];
      const result = await runJob(
        spec(await echo({ threshold: 0 }, texts), { deflate, verify }),
        testClient(),
      );
      expectAllCameBack(result, 100);
      expect(result.extensions).toMatch(/^permessage-deflate/);
      expect(result.bytes.payloadSent).toBe(result.messages.sent * 2048);
      expect(result.bytes.wireSent).toBeLessThan(result.bytes.payloadSent / 2);
      expect(result.bytes.wireReceived).toBeLessThan(result.bytes.payloadSent / 2);
      expect(new Set(texts.map((text) => JSON.parse(text).id)).size).toBe(result.messages.sent);
    },
  );

  test('random binary, which does not compress, comes back byte for byte', async () => {
    const payload = { kind: 'random', bytes: 5000, binary: true, seed: 9 } as const;
    const result = await runJob(
      spec(await echo({ threshold: 0 }), { deflate, payload, verify: true }),
      testClient(),
    );
    expectAllCameBack(result, 100);
  });
});

test('with takeover the server does use its window: fewer bytes come back than without', async () => {
  const received = async (deflate: LoadSpec['deflate']) => {
    const result = await runJob(spec(await echo({ threshold: 0 }), { deflate, verify: true }), testClient());
    expectAllCameBack(result, 100);
    return result.bytes.wireReceived / result.messages.sent;
  };
  expect(await received('takeover')).toBeLessThan((await received('no-takeover')) / 2);
});

test('a server that declines is one sentence', async () => {
  await expect(runJob(spec(await echo(false), { deflate: 'takeover' }), testClient())).rejects.toThrow(
    /permessage-deflate was declined/,
  );
});

test.each(['takeover', 'no-takeover'] as const)(
  'broadcast with deflate %s: every member reads what it gets',
  async (deflate) => {
    const url = await echo({ threshold: 0 });
    server!.removeAllListeners('connection');
    server!.on('connection', (socket) => {
      socket.on('message', (data, binary) => {
        for (const member of server!.clients) member.send(data, { binary });
      });
    });
    const load = { kind: 'broadcast', ratePerSec: 100 } as const;
    const { messages, extensions } = await runJob(spec(url, { deflate, load, connections: 3 }), testClient());
    expect(extensions).toMatch(/^permessage-deflate/);
    expect(messages).toMatchObject({ offered: 20, lost: 0, corrupted: 0, delivered: messages.sent * 3 });
  },
);

test.each(['takeover', 'no-takeover'] as const)(
  'what a server pushes with deflate %s is counted in bytes of payload',
  async (deflate) => {
    const url = await echo({ threshold: 0 });
    server!.on('connection', (socket) => {
      const timer = setInterval(() => socket.send('x'.repeat(1000)), 5);
      socket.on('close', () => clearInterval(timer));
    });
    const { bytes, messages } = await runJob(spec(url, { deflate, load: { kind: 'receive' } }), testClient());
    expect(messages.delivered).toBeGreaterThan(0);
    expect(bytes.payloadReceived).toBe(messages.delivered * 1000);
    expect(bytes.wireReceived).toBeLessThan(bytes.payloadReceived / 10);
  },
);
