import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { runJob } from '../processes/job.ts';
import { expectAllCameBack } from '../testing/all-came-back.ts';
import { testClient } from '../testing/test-client.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

/** What the server saw of each connection. */
interface Seen {
  readonly version: string | null;
  readonly reused: boolean;
}

let https: HttpsServer;
let port = 0;
const certificate = join(mkdtempSync(join(tmpdir(), 'loadgen-')), 'cert.pem');
const seen: Seen[] = [];

beforeAll(async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  writeFileSync(certificate, cert);
  https = createServer({ cert, key });
  https.on('secureConnection', (socket: TLSSocket) => {
    seen.push({ version: socket.getProtocol(), reused: socket.isSessionReused() });
  });
  const wss = new WebSocketServer({ server: https });
  wss.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  port = (https.address() as AddressInfo).port;
});

afterAll(() => {
  https.closeAllConnections();
  https.close();
});

function spec(values: Partial<LoadSpec>): LoadSpec {
  seen.length = 0;
  return {
    ...defaultSpec,
    urls: [`wss://127.0.0.1:${port}/`],
    load: { kind: 'open', ratePerSec: 500, over: 'all', arrivals: 'constant', profile: 'constant' },
    durationMs: 200,
    verify: true,
    tls: { verify: false, reuseSessions: true, version: 'any' },
    ...values,
  };
}

const tls = (values: Partial<LoadSpec['tls']>) => ({ tls: { ...spec({}).tls, ...values } });

test.each([
  ['1.2', 'TLSv1.2'],
  ['1.3', 'TLSv1.3'],
] as const)(
  'only version %s is spoken when it is asked for, and every message comes back',
  async (version, name) => {
    const result = await runJob(spec({ connections: 3, ...tls({ version }) }), testClient());
    expectAllCameBack(result, 100);
    expect(seen.map((s) => s.version)).toEqual([name, name, name]);
  },
);

test.each([
  [true, '1.2'],
  [true, '1.3'],
  [false, '1.2'],
  [false, '1.3'],
] as const)('session reuse %s with %s', async (reuseSessions, version) => {
  const load = { kind: 'connect', ratePerSec: 0, concurrency: 1 } as const;
  const result = await runJob(
    spec({ load, durationMs: 300, ...tls({ reuseSessions, version }) }),
    testClient(),
  );
  expect(result.handshakes).toBeGreaterThan(1);
  expect(seen[0]!.reused).toBe(false);
  if (reuseSessions) expect(seen.filter((s) => s.reused).length).toBeGreaterThan(0);
  else expect(seen.every((s) => !s.reused)).toBe(true);
});

test('bursts on one connection are not mixed up: what is queued is not patched', async () => {
  const load = {
    kind: 'open',
    ratePerSec: 20_000,
    over: 'all',
    arrivals: 'poisson',
    profile: 'constant',
  } as const;
  const payload = { kind: 'random', bytes: 4000, binary: true, seed: 1 } as const;
  const result = await runJob(spec({ load, payload, drainMs: 20_000 }), testClient());
  expect(result.messages.sent).toBeGreaterThan(100);
  expect(result.messages).toMatchObject({ lost: 0, corrupted: 0, reordered: 0, duplicated: 0 });
});

test('a certificate that does not check is one sentence', async () => {
  const job = runJob(spec(tls({ verify: true })), testClient());
  await expect(job).rejects.toThrow(
    /^no connection to wss:\/\/127\.0\.0\.1:\d+\/ could be opened: tls: depth zero self signed cert \(ca names .+, insecure takes any\)/,
  );
});

test('a self-signed certificate that is named as trusted checks', async () => {
  const result = await runJob(spec(tls({ verify: true, ca: certificate })), testClient());
  expectAllCameBack(result, 100);
});

test('a file of trusted certificates that cannot be read is one sentence', async () => {
  await expect(runJob(spec(tls({ ca: '/nowhere.pem' })), testClient())).rejects.toThrow(
    /^cannot use the certificates of \/nowhere\.pem: ENOENT/,
  );
});

test('a server that speaks no TLS is one sentence', async () => {
  const plain = createPlainServer();
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  try {
    const url = `wss://127.0.0.1:${(plain.address() as AddressInfo).port}/`;
    await expect(runJob(spec({ urls: [url] }), testClient())).rejects.toThrow(
      /could be opened: tls: wrong version number/,
    );
  } finally {
    plain.close();
  }
});
