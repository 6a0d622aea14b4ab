import { existsSync } from 'node:fs';
import { parseConfig } from '@ws-arena/config/parse-config';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import { targetNamed } from '@ws-arena/contract/targets';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { loadgenTool } from './loadgen-tool.ts';
import { type Bench, costOf, freezeSeenBy } from './measure-tool.ts';
import type { Tool } from './tool.ts';

vi.setConfig({ testTimeout: 60_000 });

let server: RunningServer;
beforeAll(async () => {
  server = await startServer(targetNamed('ws')!, parseConfig({ port: 0 }));
}, 60_000);
afterAll(() => server.stop());

const load = () => ({ url: server.url, connections: 4, payload: 'ws-arena'.repeat(8) });
const bench = (): Bench => ({
  server,
  cpus: undefined,
  warmMs: 100,
  windowMs: 500,
  freezeMs: 500,
  interrupted: new AbortController().signal,
});

const hasProc = existsSync('/proc/self/stat');
if (!hasProc) console.warn('skipped: what a message costs a generator: no /proc here');

test.skipIf(!hasProc)('a message costs CPU on both sides, and the server counts what came', async () => {
  const cost = await costOf(loadgenTool, { ...load(), rate: 1000 }, bench());
  expect(cost.generatorNs).toBeGreaterThan(1000);
  expect(cost.serverNs).toBeGreaterThan(1000);
  // A busy machine may deliver late, and what was due before then comes in the window.
  expect(cost.messagesPerSec).toBeGreaterThan(100);
  expect(cost.messagesPerSec).toBeLessThan(10_000);
});

test('a server that stands still for 0.5 of 4 s shows in p99 and max of this generator', async () => {
  const { p99Ms, maxMs } = await freezeSeenBy(loadgenTool, { ...load(), rate: 1000, seconds: 4 }, bench());
  // freezeLatencyMs says 460 ms at p99.
  expect(p99Ms).toBeGreaterThan(450);
  expect(maxMs).toBeGreaterThan(490);
});

test('a generator that ends is an error with what it said', async () => {
  const broken: Tool = {
    ...loadgenTool,
    name: 'Broken',
    launch: async () => ({
      command: [process.execPath, '-e', 'console.error("no licence"); process.exit(3)'],
    }),
  };
  const failed = costOf(broken, { ...load(), rate: 1000 }, bench());
  await expect(failed).rejects.toThrow('Broken ended with exit code 3: no licence');
});
