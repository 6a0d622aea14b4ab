import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { runJob } from '../processes/job.ts';
import { expectAllCameBack } from '../testing/all-came-back.ts';
import { cleanUp, cleanUps, stubbed } from '../testing/slices.ts';
import { testClient } from '../testing/test-client.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });
afterEach(cleanUp);

const open = {
  kind: 'open',
  ratePerSec: 1000,
  over: 'all',
  arrivals: 'constant',
  profile: 'constant',
} as const;

/** Runs the scenario of that text against an echo. */
async function run(source: string, values: Partial<LoadSpec> = {}, behaviour = {}) {
  const { url } = await stubbed(behaviour);
  const file = join(mkdtempSync(join(tmpdir(), 'scenario-')), 'scenario.ts');
  writeFileSync(file, source);
  const scenario = { name: file, params: {} };
  const job = { connections: 3, load: open, durationMs: 200, drainMs: 10_000 };
  return runJob({ ...defaultSpec, urls: [url], scenario, ...job, ...values }, testClient());
}

const echo = `message: (_, { slot, content }) => slot + content, answer: (_, text) => text.slice(0, 22)`;
const inOrder = `match: 'order', message: (_, { content }) => content, answer: () => true`;
const byId = `match: 'id', message: (_, { slot }) => '[' + slot + ']', answer: (_, text) => JSON.parse(text)[0]`;
const binary = `message: (_, { slot }) => Buffer.from('xx' + slot), answer: (_, bytes) => bytes.latin1Slice(2)`;

test.each([
  ['a slot', echo],
  ['an id', byId],
  ['their order', inOrder],
  ['a slot in a binary message', binary],
  ['a slot in a message of its own', `made: 'send', ${echo}`],
])('answers are matched by %s', async (_, source) => {
  expectAllCameBack(await run(`export default { ${source} }`), 200);
});

test.each([
  ['a slot', echo, { duplicateOneIn: 50 }, 'duplicated'],
  ['an id', byId, { reorderOneIn: 60 }, 'reordered'],
])('faults of answers by %s are counted', async (_, source, behaviour, fault) => {
  const { messages } = await run(`export default { ${source} }`, { connections: 1 }, behaviour);
  expect(messages[fault as 'duplicated' | 'reordered']).toBeGreaterThan(0);
  expect(messages).toMatchObject({ delivered: messages.sent, lost: 0, corrupted: 0 });
});

test('latency of an answer without a slot counts from the intended send', async () => {
  const { latencyIntended } = await run(`export default { ${byId} }`, {}, { delayMs: 30 });
  const { decodeHistogram } = await import('@ws-arena/load/histogram');
  expect(decodeHistogram(latencyIntended!).minNonZeroValue).toBeGreaterThan(29e6);
});

test('several answers of one message all count', async () => {
  const source = `answer: (_, text) => [text.slice(0, 22), text.slice(0, 22)], message: (_, { slot }) => slot`;
  const { messages } = await run(`export default { ${source} }`);
  expect(messages).toMatchObject({ delivered: messages.sent, duplicated: messages.sent });
});

test('permessage-deflate leaves the slot where it can be written', async () => {
  const echoing = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0 } });
  cleanUps.push(() => echoing.close());
  echoing.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
  await once(echoing, 'listening');
  const urls = [`ws://127.0.0.1:${(echoing.address() as AddressInfo).port}/`];
  const result = await run(`export default { ${echo} }`, { urls, deflate: 'no-takeover' });
  expectAllCameBack(result, 200);
  expect(result.extensions).toMatch(/^permessage-deflate/);
});

test('members of a room find the slot of the sender', async () => {
  const load = { kind: 'broadcast', ratePerSec: 50 } as const;
  const { messages } = await run(`export default { ${echo} }`, { load }, { rooms: 1 });
  expect(messages).toMatchObject({ expected: messages.sent * 3, delivered: messages.sent * 3, lost: 0 });
});

test('the largest message is found by its content', async () => {
  const load = { kind: 'limit', maxBytes: 5000 } as const;
  const { limit } = await run(`export default { ${echo} }`, { load });
  expect(limit).toEqual({ largestBytes: 5000, past: 'none' });
});

test('what answer throws ends the connection, and is not taken for an answer', async () => {
  const source = `message: (_, { slot }) => slot, answer() { throw new Error('no answer of mine') }`;
  const { messages, connections } = await run(`export default { ${source} }`, { drainMs: 100 });
  expect(messages.delivered).toBe(0);
  expect(connections.closed).toEqual({ 1006: 3 });
});

test.each([
  ['export const other = 1', 'has no default export with the functions message and answer'],
  [
    'export default { message: 1, answer() {} }',
    'has no default export with the functions message and answer',
  ],
  [`export default () => { throw new Error('no user was given') }`, 'cannot be loaded: no user was given'],
  ['export default {', 'cannot be loaded'],
  [`export default { message: () => 'x', answer() {} }`, 'its slot not at all; wanted: exactly once'],
  [`export default { message: (_, { slot }) => slot + slot, answer() {} }`, 'its slot more than once'],
])('%s is refused', async (source, message) => {
  await expect(run(source)).rejects.toThrow(message);
});
