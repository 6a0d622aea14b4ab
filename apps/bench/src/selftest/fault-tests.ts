import { decodeHistogram } from '@ws-arena/load/histogram';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { freezeLatencyMs } from '@ws-arena/results/freeze-latency';
import type { Arena } from '../processes/arena.ts';
import type { SelfTest } from './self-test.ts';
import { withStub } from './stub.ts';

const RATE = 1000;
const LOAD_MS = 10_000;
const FREEZE_MS = 1000;
const FREEZE_AT_MS = 4000;
const DROP_ONE_IN = 50;
/** How far a percentile may be from its analytic value. */
const TOLERANCE = 0.05;

const openLoop: LoadSpec = {
  ...defaultSpec,
  connections: 20,
  durationMs: LOAD_MS,
  load: { kind: 'open', ratePerSec: RATE, over: 'all', arrivals: 'constant', profile: 'constant' },
};

/** A server that stands still for a second must show in full in p95 and p99. */
export async function freezeTest(arena: Arena, stop: AbortSignal): Promise<SelfTest[]> {
  const generator = await arena.generator();
  const flags = ['--freeze-ms', String(FREEZE_MS), '--freeze-at-ms', String(FREEZE_AT_MS)];
  const result = await withStub(flags, (url) => generator.run({ ...openLoop, urls: [url] }, {}, stop));
  const histogram = decodeHistogram(result.latencyIntended!);
  return [0.95, 0.99].map((quantile) => {
    const expected = freezeLatencyMs({ windowMs: LOAD_MS, freezeMs: FREEZE_MS }, quantile * 100);
    const found = histogram.getValueAtPercentile(quantile * 100) / 1e6;
    return {
      name: `freeze of ${FREEZE_MS} ms in ${LOAD_MS / 1000} s at ${RATE}/s: p${quantile * 100}`,
      expected: `${expected.toFixed(0)} ms ± ${TOLERANCE * 100} %`,
      found: `${found.toFixed(0)} ms`,
      passed: Math.abs(found - expected) <= TOLERANCE * expected,
    };
  });
}

/** A server that swallows one message in N: exactly those must be reported as lost. */
export async function dropTest(arena: Arena, stop: AbortSignal): Promise<SelfTest[]> {
  const generator = await arena.generator();
  const spec = { ...openLoop, connections: 1, durationMs: 2000, drainMs: 500 };
  const flags = ['--drop-one-in', String(DROP_ONE_IN)];
  const { messages } = await withStub(flags, (url) => generator.run({ ...spec, urls: [url] }, {}, stop));
  const expected = Math.floor(messages.sent / DROP_ONE_IN);
  return [
    {
      name: `one message in ${DROP_ONE_IN} dropped`,
      expected: `${expected} of ${messages.sent} lost`,
      found: `${messages.lost} lost, ${messages.delivered} delivered`,
      // Without a warm-up the server counts the same messages as the generator.
      passed: Math.abs(messages.lost - expected) <= 1 && messages.lost + messages.delivered === messages.sent,
    },
  ];
}

/** An offered rate of half the capacity: offered, sent and delivered are one number. */
export async function halfRateTest(arena: Arena, url: string, stop: AbortSignal): Promise<SelfTest[]> {
  const generator = await arena.generator();
  const spec = { ...openLoop, urls: [url], connections: 100, durationMs: 2000, warmupMs: 200 };
  const capacity = await generator.run(
    { ...spec, durationMs: 500, load: { kind: 'closed', window: 1 } },
    {},
    stop,
  );
  const ratePerSec = Math.round(capacity.messages.delivered / (capacity.measuredNs / 1e9) / 2);
  const load = { ...openLoop.load, ratePerSec } as LoadSpec['load'];
  const { messages, generator: own } = await generator.run({ ...spec, load }, {}, stop);
  return [
    {
      name: `${ratePerSec}/s, half of the capacity`,
      expected: 'offered = sent = delivered',
      found: `${messages.offered} offered, ${messages.sent} sent, ${messages.delivered} delivered${own.behindSchedule ? ', behind schedule' : ''}`,
      passed: messages.offered === messages.sent && messages.sent === messages.delivered,
    },
  ];
}
