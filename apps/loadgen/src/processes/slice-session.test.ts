import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultSpec } from '@ws-arena/load/load-spec';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  clean,
  cleanUp,
  cleanUps,
  closed,
  expectAllBack,
  open,
  opened,
  slice,
  stubbed,
  total,
} from '../testing/slices.ts';

/* Slices on open connections: what is sent in one belongs to it, and nothing of it reaches the next. */

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

afterEach(cleanUp);

test.each([
  ['closed', closed],
  ['spread', slice(open(), 20)],
  ['in bursts', slice(open({ burst: 8 }), 20)],
  ['at random', slice(open({ arrivals: 'poisson' }), 20)],
])('two sessions alternate 50 slices of messages %s, and every message is counted once', async (_, spec) => {
  const stubs = [await stubbed(), await stubbed()];
  const sessions = [await opened(stubs[0]!.url), await opened(stubs[1]!.url, { connections: 5 })];
  const sent = [0, 0];
  for (let i = 0; i < 50; i++) {
    const result = await sessions[i % 2]!.slice(spec);
    expect(result).toMatchObject({ ...clean, delivered: result.sent });
    expect(result.wireSent).toBe(result.sent * 70);
    expect(result.wireReceived).toBe(result.sent * 66);
    expect(result.payloadReceived).toBe(result.sent * 64);
    sent[i % 2]! += result.sent;
    expect(stubs[i % 2]!.counts.received).toBe(sent[i % 2]);
  }
  expect(Math.min(...sent)).toBeGreaterThan(0);
});

test('an open loop: everything offered is sent, and each reply is in both histograms', async () => {
  const session = await opened((await stubbed({ delayMs: 3 })).url);
  const result = await session.slice(slice(open()));
  expectAllBack(result, 100);
  expect(result.lagP99Ns).toBeGreaterThan(0);
  expect([total(result.intended), total(result.actual)]).toEqual([result.sent, result.sent]);
  // From the first send to the last reply, which is delayed.
  expect(result.wallNs).toBeGreaterThan(3e6);
});

test('the histograms of a slice hold nothing of the one before', async () => {
  const session = await opened((await stubbed()).url);
  await session.slice(slice(open({ ratePerSec: 5000 })));
  const result = await session.slice(slice(open({ ratePerSec: 200 })));
  expectAllBack(result, 10);
  expect([total(result.intended), total(result.actual)]).toEqual([result.sent, result.sent]);
});

test('one in 5 dropped: exactly those are lost, slice by slice', async () => {
  const stub = await stubbed({ dropOneIn: 5 });
  const session = await opened(stub.url);
  for (let i = 0; i < 2; i++) {
    const before = stub.counts.dropped;
    const result = await session.slice(slice(open({ ratePerSec: 500 }), 100, 2000));
    expect(result).toMatchObject({ ...clean, lost: stub.counts.dropped - before });
    expect(result.lost).toBeGreaterThan(0);
    expect(result.delivered).toBe(result.sent - result.lost);
  }
});

test('duplicates and swaps are counted in the slice that they were sent in', async () => {
  const stub = await stubbed({ duplicateOneIn: 7 });
  const session = await opened(stub.url);
  for (let i = 0; i < 3; i++) {
    const before = stub.counts.duplicated;
    const result = await session.slice(slice(open({ ratePerSec: 500 }), 100));
    expect(result).toMatchObject({ ...clean, duplicated: stub.counts.duplicated - before });
  }
});

describe('a frozen server', () => {
  test.each([
    ['closed', 64, closed],
    ['open', 64, slice(open(), 20)],
    ['in bursts', 64, slice(open({ burst: 4 }), 20)],
    ['without sequence numbers', 3, closed],
  ])('%s: what comes late counts for nothing in the next slice', async (_, bytes, spec) => {
    const stub = await stubbed();
    const session = await opened(stub.url, { payload: { ...defaultSpec.payload, bytes } });
    stub.hold();
    const frozen = await session.slice({ ...spec, drainMs: 20 });
    expect(frozen.sent).toBeGreaterThan(0);
    expect(frozen).toMatchObject({ ...clean, delivered: 0, lost: frozen.sent });
    const received = stub.counts.received;
    const next = session.slice(spec);
    await expect.poll(() => stub.counts.received, { interval: 1, timeout: 20_000 }).toBeGreaterThan(received);
    stub.release();
    const result = await next;
    expect(result).toMatchObject({ ...clean, delivered: result.sent });
    expect(result.sent).toBe(stub.counts.received - frozen.sent);
    if (result.intended) expect(total(result.intended)).toBe(result.delivered);
    const after = await session.slice(spec);
    expect(after).toMatchObject({ ...clean, delivered: after.sent });
  });
});

describe('bursts', () => {
  test('leave in one write, on one connection after the other', async () => {
    const stub = await stubbed();
    const session = await opened(stub.url);
    const result = await session.slice(slice(open({ ratePerSec: 1000, burst: 10 })));
    expectAllBack(result, 50);
    expect(result.sent % 10).toBe(0);
    // A busy stub may find two bursts of one connection in a read; half a burst it never does.
    expect(stub.counts.mostInOneRead % 10).toBe(0);
    expect(stub.counts.mostInOneRead).toBeGreaterThan(0);
  });

  test('spread messages come one by one', async () => {
    const stub = await stubbed();
    await (await opened(stub.url)).slice(slice(open({ ratePerSec: 100 }), 100));
    expect(stub.counts.mostInOneRead).toBeLessThan(10);
  });
});

describe('connections that the server ends', () => {
  test('are counted in the next slice, which goes on with the rest; with none left it is an error', async () => {
    const [going, staying] = [await stubbed(), await stubbed()];
    const session = await opened(going.url, { urls: [going.url, staying.url], connections: 4 });
    going.closeAll();
    await expect.poll(() => session.connections, { timeout: 20_000 }).toBe(2);
    const result = await session.slice(slice(open()));
    expectAllBack(result, 100);
    expect(result.closed).toEqual({ '1001': 2 });
    expect((await session.slice(slice(open()))).closed).toBeUndefined();
    staying.closeAll();
    await expect.poll(() => session.connections, { timeout: 20_000 }).toBe(0);
    await expect(session.slice(closed)).rejects.toThrow(
      'no connection is left; ended by the server: {"1001":2}',
    );
  });

  test('in the middle of a slice: what they still owed is lost', async () => {
    const stub = await stubbed({ closeAfter: 5 });
    const session = await opened(stub.url);
    const result = await session.slice(slice({ kind: 'closed', window: 2 }, 1000, 300));
    expect(result).toMatchObject({ closed: { '1001': 3 }, delivered: 15 });
    expect(result.lost).toBe(result.sent - 15);
    expect(session.connections).toBe(0);
  });
});

describe('handshakes', () => {
  const connect = slice({ kind: 'connect', ratePerSec: 400, concurrency: 0 }, 100);

  test('at a rate, beside no connection at all', async () => {
    const stub = await stubbed();
    const session = await opened(stub.url, { connections: 0 });
    for (let i = 0; i < 3; i++) {
      const before = stub.counts.connections;
      const result = await session.slice(connect);
      expectAllBack(result, 40);
      expect([total(result.intended), total(result.actual)]).toEqual([result.sent, result.sent]);
      expect(stub.counts.connections - before).toBe(result.sent);
    }
  });

  test('that are refused are failed by their reason', async () => {
    const stub = await stubbed({ refuseStatus: 503 });
    const result = await (await opened(stub.url, { connections: 0 })).slice(connect);
    const { sent } = result;
    expect(sent).toBeGreaterThan(0);
    expect(result).toMatchObject({ delivered: 0, lost: sent, failed: { 'status 503': sent } });
  });

  test('that are under way when the drain is over are given up', async () => {
    const mute = createHttpServer().on('upgrade', (_, socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => mute.close());
    const url = `ws://127.0.0.1:${(mute.address() as AddressInfo).port}/`;
    const session = await opened(url, { connections: 0 });
    for (let i = 0; i < 2; i++) {
      const { sent, delivered, failed } = await session.slice({ ...connect, drainMs: 50 });
      expect(sent).toBeGreaterThan(0);
      expect(delivered).toBe(0);
      expect(failed).toEqual({ 'not done within the drain time': sent });
    }
  });
});

test('broadcast: every member gets every message, and the last of them is timed', async () => {
  const session = await opened((await stubbed({ rooms: 1 })).url);
  for (let i = 0; i < 5; i++) {
    const result = await session.slice(slice({ kind: 'broadcast', ratePerSec: 200 }, 100));
    expectAllBack(result, 20, 3);
    const { sent, delivered } = result;
    expect([total(result.intended), total(result.lastMember)]).toEqual([delivered, sent]);
  }
});

test('two rooms: each message is expected by the members of its own room', async () => {
  const { url } = await stubbed({ rooms: 1 });
  const urls = [`${url}?room=a`, `${url}?room=b`];
  const session = await opened(url, { urls, connections: 5 });
  for (let i = 0; i < 3; i++) {
    const result = await session.slice(slice({ kind: 'broadcast', ratePerSec: 210 }, 100));
    const inSecond = Math.floor(result.sent / 2);
    expect(result.sent).toBeGreaterThan(0);
    expect(result).toMatchObject({
      ...clean,
      offered: 21,
      delivered: (result.sent - inSecond) * 3 + inSecond * 2,
    });
    expect(total(result.lastMember)).toBe(result.sent);
  }
});

test('two sessions of one server have rooms of their own', async () => {
  const { url } = await stubbed({ rooms: 1 });
  const load = { kind: 'broadcast', ratePerSec: 200, rooms: 2 } as const;
  const sessions = [await opened(url, { load, connections: 4 }), await opened(url, { load, connections: 6 })];
  const results = await Promise.all(sessions.map((session) => session.slice(slice(load, 100))));
  results.forEach((result, i) => {
    expectAllBack(result, 20, [2, 3][i]);
    expect(result.wireReceived).toBe(result.delivered * 66);
  });
});

test('broadcast to a frozen room: late deliveries count for nothing in the next slice', async () => {
  const stub = await stubbed({ rooms: 1 });
  const session = await opened(stub.url);
  const spec = slice({ kind: 'broadcast', ratePerSec: 200 }, 100);
  stub.hold();
  const frozen = await session.slice({ ...spec, drainMs: 20 });
  expect(frozen).toMatchObject({ ...clean, delivered: 0, lost: frozen.sent * 3 });
  const next = session.slice(spec);
  await expect
    .poll(() => stub.counts.received, { interval: 1, timeout: 20_000 })
    .toBeGreaterThan(frozen.sent);
  stub.release();
  expectAllBack(await next, 20, 3);
});

test('loads of several kinds on one session: what one has lost is nothing to the next', async () => {
  const stub = await stubbed({ rooms: 1 });
  const session = await opened(stub.url, { connections: 1 });
  const broadcast = slice({ kind: 'broadcast', ratePerSec: 200 }, 100);
  for (const [first, second] of [
    [closed, broadcast],
    [broadcast, closed],
    [slice(open()), broadcast],
  ] as const) {
    stub.hold();
    const frozen = await session.slice({ ...first, drainMs: 20 });
    expect(frozen).toMatchObject({ ...clean, delivered: 0, lost: frozen.sent });
    const before = stub.counts.received;
    const next = session.slice(second);
    await expect.poll(() => stub.counts.received, { interval: 1, timeout: 20_000 }).toBeGreaterThan(before);
    stub.release();
    const result = await next;
    expect(result).toMatchObject({ ...clean, delivered: result.sent });
  }
});

test.each([
  ['expect none', { expect: 'none' as const }, /expect is none/],
  ['nobody listens', { urls: ['ws://127.0.0.1:1/'] }, /could be opened: refused \(3 times\)$/],
])('cannot be opened: %s', async (_, values, sentence) => {
  await expect(opened('ws://127.0.0.1:1/', values)).rejects.toThrow(sentence);
});

test.each(['broadcast', 'connect'] as const)('%s without a rate is refused', async (kind) => {
  const session = await opened((await stubbed()).url);
  await expect(session.slice(slice({ kind, ratePerSec: 0, concurrency: 1 }))).rejects.toThrow(
    /has a ratePerSec of 0; wanted: more than 0$/,
  );
});
