import { decodeHistogram, type EncodedHistogram } from '@ws-arena/load/histogram';
import type { LoadResult } from '@ws-arena/load/load-result';
import { defaultSpec, type LoadSpec, type OpenLoad } from '@ws-arena/load/load-spec';
import type { WarningKind } from '@ws-arena/load/warning';
import { freezeLatencyMs } from '@ws-arena/results/freeze-latency';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { expectAllCameBack } from '../testing/all-came-back.ts';
import { oneInN } from '../testing/one-in-n.ts';
import type { StubBehaviour } from '../testing/stub-behaviour.ts';
import { type StubServer, startStub } from '../testing/stub-server.ts';
import { testClient } from '../testing/test-client.ts';
import { runJob } from './job.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

/*
 * The generator against a server whose behaviour is known. Counts must agree exactly. Times are checked as lower bounds
 * and by shape, which hold however slow or busy the machine is.
 */

let stub: StubServer | undefined;
afterEach(async () => {
  await stub?.stop();
  stub = undefined;
});

const open = (ratePerSec: number): OpenLoad => ({
  kind: 'open',
  ratePerSec,
  over: 'all',
  arrivals: 'constant',
  profile: 'constant',
});

async function load(behaviour: Partial<StubBehaviour>, values: Partial<LoadSpec> = {}) {
  stub = await startStub(behaviour);
  const spec = {
    ...defaultSpec,
    urls: [stub.url],
    connections: 4,
    load: open(1000),
    durationMs: 500,
    ...values,
  };
  const result = await runJob(spec, testClient());
  return { result, counts: stub.counts };
}

function details({ warnings }: LoadResult, kind: WarningKind): string[] {
  return warnings.filter((warning) => warning.kind === kind).map((warning) => warning.detail);
}

function ms(encoded: EncodedHistogram | undefined, percentile: number): number {
  if (encoded === undefined) throw new Error('no histogram');
  return decodeHistogram(encoded).getValueAtPercentile(percentile) / 1e6;
}

describe('counts', () => {
  test('a plain echo: everything that was sent is delivered', async () => {
    const { result, counts } = await load({}, { verify: true });
    expectAllCameBack(result, 500);
    const { sent } = result.messages;
    expect(counts.received).toBe(sent);
    expect(result.connections).toEqual({ asked: 4, opened: 4, failed: {}, closed: {} });
    expect(result.bytes.payloadSent).toBe(sent * 64);
    // A masked frame of 64 bytes has a head of 6, an unmasked one of 2 (RFC 6455 section 5.2). What comes in the drain
    // is after the window.
    expect(result.bytes.wireSent).toBe(sent * 70);
    expect(result.bytes.wireReceived).toBeLessThanOrEqual(sent * 66);
    expect(result.bytes.wireReceived).toBeGreaterThan(result.bytes.payloadReceived);
  });

  test.each([3, 10])('one in %i dropped: exactly those are lost', async (n) => {
    const { result, counts } = await load({ dropOneIn: n }, { drainMs: 200 });
    const { sent } = result.messages;
    expect(counts).toMatchObject({ received: sent, dropped: oneInN(sent, n) });
    expect(counts.dropped).toBeGreaterThan(10);
    expect(result.messages).toMatchObject({
      offered: 500,
      delivered: sent - counts.dropped,
      lost: counts.dropped,
    });
    expect(result.messages).toMatchObject({ duplicated: 0, reordered: 0, corrupted: 0 });
  });

  test('one in 7 duplicated: exactly those are, and each counts as delivered once', async () => {
    const { result, counts } = await load({ duplicateOneIn: 7 });
    const { sent } = result.messages;
    expect(counts.duplicated).toBe(oneInN(sent, 7));
    expect(counts.duplicated).toBeGreaterThan(10);
    expect(result.messages).toMatchObject({
      delivered: sent,
      lost: 0,
      duplicated: counts.duplicated,
      reordered: 0,
    });
  });

  test('one in 9 of each connection swapped with its successor: exactly those are reordered', async () => {
    const { result, counts } = await load({ reorderOneIn: 9 });
    const { sent } = result.messages;
    expect(counts.reordered).toBeGreaterThan(10);
    // The last of a connection has no successor to wait for.
    expect(result.messages).toMatchObject({ lost: sent - counts.echoed, duplicated: 0 });
    expect(result.messages.reordered).toBe(counts.reordered - result.messages.lost);
  });

  test('connections that the server closes are counted by code, and what was sent there is lost or echoed', async () => {
    const { result, counts } = await load({ closeAfter: 50 });
    expect(result.connections.closed).toEqual({ '1001': 4 });
    expect(result.messages.delivered).toBe(4 * 50);
    expect(counts.closed).toBe(4);
    expect(result.messages.offered).toBe(500);
    expect(result.messages.delivered + result.messages.lost).toBe(result.messages.expected);
  });

  test('closed loop: what the server received was sent, and came back', async () => {
    const { result, counts } = await load({}, { load: { kind: 'closed', window: 3 }, durationMs: 200 });
    expect(counts.received).toBeGreaterThan(0);
    expect(result.messages.lost).toBe(0);
    expect(result.messages.delivered).toBe(result.messages.sent);
    expect(result.messages.sent).toBeLessThanOrEqual(counts.received);
  });

  test('without expected replies nothing is lost when nothing comes back', async () => {
    const { result, counts } = await load({ dropOneIn: 1 }, { expect: 'none' });
    expect(counts.echoed).toBe(0);
    expect(result.messages).toMatchObject({ offered: 500, delivered: 0, lost: 0 });
    expect(result.messages.sent).toBeGreaterThan(250);
    // Up to the last: the connections end with a close frame and its answer, not with a reset behind the last write.
    expect(counts.received).toBe(result.messages.sent);
    expect(details(result, 'lost')).toEqual([]);
    expect(result.connections.closed).toEqual({});
  });

  test('without expected replies, a server that does not answer the close frame is a warning', async () => {
    const { result } = await load({ deafAfter: 1 }, { expect: 'none', drainMs: 100, durationMs: 100 });
    expect(details(result, 'lost')).toEqual([
      expect.stringMatching(/^the server did not answer the close frame of 4 of 4 connections/),
    ]);
  });

  test('a status instead of 101 is said', async () => {
    await expect(load({ refuseStatus: 503 })).rejects.toThrow(/status 503/);
  });
});

describe('times', () => {
  test('a fixed delay is a lower bound of every latency', async () => {
    const { result } = await load({ delayMs: 25 });
    expectAllCameBack(result, 500);
    // Three significant digits: the histogram may report 0.1 % less than what it was given.
    expect(ms(result.latencyIntended, 0)).toBeGreaterThan(25 * 0.999);
    expect(ms(result.latencyActual, 0)).toBeGreaterThan(25 * 0.999);
    expect(ms(result.latencyIntended, 50)).toBeGreaterThanOrEqual(ms(result.latencyActual, 50) * 0.999);
  });

  test('a freeze shows in full: the messages due in it wait for its end, as many as there are', async () => {
    const freeze = { windowMs: 2000, freezeMs: 400 };
    const { result } = await load(
      { freezeAtMs: 600, freezeMs: freeze.freezeMs },
      { durationMs: freeze.windowMs, load: open(500) },
    );
    expectAllCameBack(result, 1000);
    for (const percentile of [85, 90, 95, 99]) {
      const analytic = freezeLatencyMs(freeze, percentile);
      expect(analytic).toBeGreaterThan(0);
      // 2 ms are one message at this rate: the freeze begins between two of them.
      expect(ms(result.latencyIntended, percentile)).toBeGreaterThan((analytic - 4) * 0.999);
    }
  });

  test('a slow echo: latency grows along the queue', async () => {
    // n messages of 66 bytes at 66,000 a second take n ms for what arrives within 100: the last waits for n - 100.
    const slow = { load: open(5000), durationMs: 100, drainMs: 20_000 };
    const { result } = await load({ echoBytesPerSec: 66_000 }, slow);
    expectAllCameBack(result, 500);
    const { sent } = result.messages;
    expect(ms(result.latencyIntended, 100)).toBeGreaterThan((sent - 100) * 0.999);
    expect(ms(result.latencyIntended, 50)).toBeGreaterThan((sent - 100) * 0.5 * 0.99);
  });

  test('what is still missing after the drain is lost, not waited for', async () => {
    const { result } = await load({ delayMs: 60_000 }, { drainMs: 50, durationMs: 100 });
    const { sent } = result.messages;
    expect(sent).toBeGreaterThan(50);
    expect(result.messages).toMatchObject({ offered: 100, delivered: 0, lost: sent });
  });
});

test('stopped early: what was measured until then is kept, and a warning says so', async () => {
  stub = await startStub();
  const stop = new AbortController();
  const client = testClient(stop.signal);
  const spec = { ...defaultSpec, urls: [stub.url], connections: 2, load: open(500), durationMs: 600_000 };
  const job = runJob(spec, client);
  await expect.poll(() => stub!.counts.received, { timeout: 20_000 }).toBeGreaterThan(20);
  stop.abort();
  const result = await job;
  expect(result.messages.delivered).toBeGreaterThan(0);
  expect(result.warnings.map((w) => w.kind)).toContain('stopped-early');
});

describe('the analytic freeze', () => {
  test('is that of the issue: 1 s in 10 s', () => {
    const freeze = { windowMs: 10_000, freezeMs: 1000 };
    expect(freezeLatencyMs(freeze, 95)).toBeCloseTo(500);
    expect(freezeLatencyMs(freeze, 99)).toBeCloseTo(900);
    expect(freezeLatencyMs(freeze, 90)).toBeCloseTo(0);
    expect(freezeLatencyMs(freeze, 50)).toBe(0);
  });

  test('agrees with counting the messages one by one', () => {
    const freeze = { windowMs: 10_000, freezeMs: 1000 };
    const waits = Array.from({ length: 10_000 }, (_, at) => (at >= 4000 && at < 5000 ? 5000 - at : 0)).sort(
      (a, b) => a - b,
    );
    for (const percentile of [91, 95, 99, 99.5]) {
      expect(
        Math.abs(waits[Math.ceil((percentile / 100) * 10_000) - 1]! - freezeLatencyMs(freeze, percentile)),
      ).toBeLessThanOrEqual(1);
    }
  });
});
