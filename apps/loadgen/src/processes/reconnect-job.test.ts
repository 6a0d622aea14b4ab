import { decodeHistogram } from '@ws-arena/load/histogram';
import { defaultSpec, type LoadSpec, type OpenLoad } from '@ws-arena/load/load-spec';
import { afterEach, expect, test, vi } from 'vitest';
import { type StubServer, startStub } from '../testing/stub-server.ts';
import { testClient } from '../testing/test-client.ts';
import { endWorkers, runJob } from './job.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

let stub: StubServer;
afterEach(async () => {
  await endWorkers();
  await stub.stop();
});

const CLIENTS = 12;
const sum = (counts: readonly number[]) => counts.reduce((total, n) => total + n, 0);

const load = (): OpenLoad => ({
  ...{ kind: 'open', ratePerSec: 600, over: 'all', arrivals: 'constant', profile: 'constant' },
  reconnect: { kind: 'full-jitter', windowMs: 50, maxMs: 200 },
});

function job(values: Partial<LoadSpec> = {}): LoadSpec {
  return {
    ...defaultSpec,
    urls: [stub.url],
    connections: CLIENTS,
    load: load(),
    durationMs: 3000,
    drainMs: 100,
    ...values,
  };
}

/** Runs a job; `disturb` is called when its window begins. */
async function disturbed(spec: LoadSpec, disturb: () => unknown) {
  const client = testClient();
  const { emit } = client;
  client.emit = (event) => {
    emit(event);
    if (event.event === 'measuring') setTimeout(disturb, 200);
  };
  return runJob(spec, client);
}

test.each([1, 2])(
  'clients of %i processes come back, and bring what was due meanwhile',
  async (processes) => {
    stub = await startStub();
    const result = await disturbed(job({ processes }), () => stub.closeAll());
    const { messages, returns, absence, latencyConnected, latencyIntended, warnings } = result;
    expect(returns).toMatchObject({ clients: CLIENTS, lostUntouched: 0 });
    expect(sum(returns!.ended)).toBe(CLIENTS);
    expect(sum(returns!.returned)).toBe(CLIENTS);
    expect(decodeHistogram(absence!).totalCount).toBe(CLIENTS);
    expect(messages.sent).toBe(messages.offered);
    expect(messages).toMatchObject({ duplicated: 0, reordered: 0, corrupted: 0 });
    expect(messages.delivered).toBe(messages.sent - messages.lost);
    // Some clients waited longer than two messages of theirs are apart.
    expect(returns!.waited).toBeGreaterThan(0);
    const connected = decodeHistogram(latencyConnected!).totalCount;
    expect(connected).toBeLessThanOrEqual(messages.delivered - returns!.waited);
    expect(decodeHistogram(latencyIntended!).totalCount).toBe(messages.delivered);
    expect(warnings.filter(({ kind }) => kind !== 'behind-schedule')).toEqual([]);
  },
);

test.each([1, 2])('a window of %i processes that lasts until go ends then, and drains', async (processes) => {
  stub = await startStub({ delayMs: 50 });
  const client = testClient();
  client.go = () => new Promise((resolve) => setTimeout(resolve, 300));
  const endless = job({
    processes,
    durationMs: 3_600_000,
    drainMs: 20_000,
    load: { ...load(), untilGo: true },
  });
  const { messages, measuredNs, warnings } = await runJob(endless, client);
  expect(measuredNs).toBeGreaterThan(290e6);
  expect(messages.sent).toBeGreaterThan(0);
  expect(messages).toMatchObject({ delivered: messages.sent, lost: 0 });
  expect(warnings.filter(({ kind }) => kind !== 'behind-schedule')).toEqual([]);
});

test('clients go on dialling while nobody listens, and what was under way is lost', async () => {
  stub = await startStub();
  const { port } = stub;
  stub.hold();
  const result = await disturbed(job(), async () => {
    await stub.stop();
    setTimeout(async () => {
      stub = await startStub({}, '127.0.0.1', port);
    }, 300);
  });
  const { messages, returns, connections } = result;
  expect(sum(returns!.returned)).toBe(CLIENTS);
  expect(sum(returns!.begun)).toBe(CLIENTS + connections.failed.refused!);
  expect(connections.closed).toEqual({ 1006: CLIENTS });
  // Nothing had come back before.
  expect(messages.lost).toBeGreaterThan(0);
  expect(messages).toMatchObject({ offered: messages.sent, delivered: messages.sent - messages.lost });
  // Each of them with its connection.
  expect(returns).toMatchObject({ lostUntouched: 0 });
});

test('what a server drops on connections that stand is a loss of untouched clients', async () => {
  stub = await startStub({ dropOneIn: 10 });
  const { messages, returns } = await runJob(job({ durationMs: 500 }), testClient());
  expect(messages.lost).toBeGreaterThan(0);
  expect(returns).toMatchObject({ lostUntouched: messages.lost });
});
