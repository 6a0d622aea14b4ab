import { eachBucket, type SparseHistogram } from '@ws-arena/load/buckets';
import { defaultSpec, type LoadSpec, type OpenLoad } from '@ws-arena/load/load-spec';
import type { SliceResult, SliceSpec } from '@ws-arena/load/slice';
import { expect } from 'vitest';
import { SliceSession } from '../processes/slice-session.ts';
import type { StubBehaviour } from './stub-behaviour.ts';
import { type StubServer, startStub } from './stub-server.ts';

/** The faults of a slice in which everything came back once and in order. */
export const clean = { lost: 0, duplicated: 0, reordered: 0, corrupted: 0, late: expect.any(Number) };

/** What is to be ended after a test, the newest first. */
export const cleanUps: (() => unknown)[] = [];

export async function cleanUp(): Promise<void> {
  for (const end of cleanUps.splice(0).reverse()) await end();
}

export async function stubbed(behaviour: Partial<StubBehaviour> = {}): Promise<StubServer> {
  const stub = await startStub(behaviour);
  cleanUps.push(() => stub.stop());
  return stub;
}

/** A session of three connections, unless `values` say otherwise. */
export async function opened(url: string, values: Partial<LoadSpec> = {}): Promise<SliceSession> {
  const stop = new AbortController();
  const session = await SliceSession.open(
    { ...defaultSpec, urls: [url], connections: 3, ...values },
    stop.signal,
  );
  cleanUps.push(() => session.close());
  return session;
}

export const open = (values: Partial<OpenLoad> = {}): OpenLoad => ({
  kind: 'open',
  ratePerSec: 2000,
  over: 'all',
  arrivals: 'constant',
  profile: 'constant',
  ...values,
});
export const slice = (load: SliceSpec['load'], durationMs = 50, drainMs = 20_000): SliceSpec => ({
  load,
  durationMs,
  drainMs,
});
export const closed = slice({ kind: 'closed', window: 4 }, 20);

/** How many of the offered messages are sent depends on how busy the machine is; that all that were came back does not. */
export function expectAllBack(result: SliceResult, offered: number, members = 1): void {
  expect(result).toMatchObject({ ...clean, offered, delivered: result.sent * members });
  expect(result.sent).toBeGreaterThan(0);
}

/** How many values a histogram holds. */
export function total(histogram: SparseHistogram | undefined): number {
  let sum = 0;
  eachBucket(histogram ?? [], (_, count) => {
    sum += count;
  });
  return sum;
}
