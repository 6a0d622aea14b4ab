// A fleet of real processes on a real Redis.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@ws-arena/infra/free-port';
import type { RunningRedis } from '@ws-arena/infra/running-redis';
import { startRedis } from '@ws-arena/infra/running-redis';
import { redisHere } from '@ws-arena/infra/testing/redis-here';
import { decodeHistogram, encodeHistogram, mergeHistograms } from '@ws-arena/load/histogram';
import type { AgentReport, LoadResult } from '@ws-arena/load/load-result';
import { Redis } from 'ioredis';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { expectAllCameBack } from '../testing/all-came-back.ts';
import { type StubServer, startStub } from '../testing/stub-server.ts';
import { Tool } from '../testing/tool.ts';
import { SILENT_MS } from './heartbeat.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PASSWORD = 'not-to-be-shown';
const settings = ['--requirepass', PASSWORD];
const load = '--connections 8 --rate 400 --warmup 0s';
const POLL = { timeout: 30_000 };
const tools: Tool[] = [];
let redis: RunningRedis;
let url: string;
let stub: StubServer;
let folder: string;
let agents: Tool[];

/** A process of the tool that meets the others at Redis; another `database` is another fleet. */
function tool(line: string, env: Record<string, string> = {}, database = 0): Tool {
  const one = new Tool(line, { REDIS_URL: `${url}/${database}`, ...env });
  tools.push(one);
  return one;
}

async function startAgent(name: string, env: Record<string, string> = {}, database = 0): Promise<Tool> {
  const agent = tool(`agent --json --name ${name} --files ${folder}`, env, database);
  await agent.says('waits for runs');
  return agent;
}

/** What the agents themselves have measured of the newest run. */
function ownResults(): LoadResult[] {
  const lines = agents.map(({ out }) => JSON.parse(out.trim().split('\n').at(-1)!));
  expect(new Set(lines.map(({ run }) => run)).size).toBe(1);
  return lines.map(({ result }) => result);
}

describe.runIf(redisHere)('a fleet', () => {
  beforeAll(async () => {
    redis = await startRedis({ settings });
    url = redis.url.replace('//', `//:${PASSWORD}@`);
    folder = mkdtempSync(join(tmpdir(), 'fleet-'));
    agents = await Promise.all(['ann', 'bob', 'cid', 'dot'].map((name) => startAgent(name)));
  });
  afterEach(() => stub?.stop());
  afterAll(async () => {
    await Promise.all(tools.map((one) => one.stop()));
    await redis?.stop();
    for (const { out, err } of tools) expect(out + err).not.toContain(PASSWORD);
  });

  test('of four agents gives the result of one generator, merged bit for bit; rules hold for the whole', async () => {
    stub = await startStub();
    const job = `--url ${stub.url} ${load} --duration 1s --json --fail-if lost>0 --fail-if offered<400`;
    const [whole, one] = [await tool(`--agents 4 ${job} --fail-if offered>399`).ended, await tool(job).ended];
    expect(whole.err).toMatch(/agent \w+ has come, 4 of 4; its clock is [\d.]+ ms (ahead of|behind) that of/);
    expect([whole.code, one.code]).toEqual([3, 0]);
    const { result, rules } = JSON.parse(whole.out);
    expect(rules.map(({ failed }: { failed: boolean }) => failed)).toEqual([false, false, true]);
    expectAllCameBack(result, 400);
    expectAllCameBack(JSON.parse(one.out).result, 400);
    expect(result.connections).toMatchObject({ asked: 8, opened: 8 });
    expect(result.generator.processes).toBe(4);
    const own = ownResults();
    for (const name of ['latencyIntended', 'latencyActual', 'scheduleLag', 'handshake'] as const)
      expect(result[name]).toBe(encodeHistogram(mergeHistograms(own.map((part) => part[name]!))));
    const reports: AgentReport[] = result.generator.agents;
    expect(own.map(({ messages }) => messages.offered)).toEqual(Array(4).fill(100));
    expect(reports.map(({ connections }) => connections)).toEqual(Array(4).fill(2));
    const sum = (of: (report: AgentReport) => number) => reports.reduce((total, one) => total + of(one), 0);
    expect(sum(({ sent }) => sent)).toBe(result.messages.sent);
    expect(sum(({ delivered }) => delivered)).toBe(result.messages.delivered);
    expect(reports.map(({ name }) => name).sort()).toEqual(['ann', 'bob', 'cid', 'dot']);
  });

  test('expects each message of a room at the members of all agents', async () => {
    stub = await startStub({ rooms: 1 });
    const job = `--broadcast --rooms 2 --connections 16 --rate 100 --warmup 0s --duration 500ms --json`;
    const { code, out } = await tool(`--agents 4 --url ${stub.url} ${job}`).ended;
    expect(code).toBe(0);
    const { messages, latencyLast } = JSON.parse(out).result;
    const { sent } = messages;
    expect(sent).toBeGreaterThan(0);
    expect(messages).toMatchObject({ offered: 50, expected: sent * 8, delivered: sent * 8, lost: 0 });
    expect(decodeHistogram(latencyLast).totalCount).toBe(sent);
  });

  test('leaves nothing of a run in Redis', async () => {
    const client = new Redis(url);
    for (const pattern of ['ws-arena:run*', 'ws-arena:agents:[0-9]*'])
      await expect.poll(() => client.keys(pattern), POLL).toEqual([]);
    client.disconnect();
  });

  test('measures on while Redis restarts, and loses nothing', async () => {
    stub = await startStub();
    const slow = '--connections 8 --rate 40 --warmup 0s --duration 15s';
    const run = tool(`run --agents 4 --url ${stub.url} ${slow} --json`);
    await vi.waitUntil(() => stub.counts.received > 10, { timeout: 30_000 });
    await redis.kill();
    redis = await startRedis({ settings, port: redis.port });
    expect(stub.counts.received).toBeLessThan(600);
    const { code, out } = await run.ended;
    expect(code).toBe(0);
    const { result } = JSON.parse(out);
    expectAllCameBack(result, 600);
    expect(result.generator.agents.filter(({ lost }: AgentReport) => lost)).toEqual([]);
  });

  test('refuses a scenario file that an agent does not have, or has otherwise; the agents are free again', async () => {
    stub = await startStub();
    const echo = `export default { message: (_, { slot }) => slot, answer: (_, message) => message };\n`;
    const path = join(mkdtempSync(join(tmpdir(), 'scenario-')), 'echo.mjs');
    writeFileSync(path, echo);
    const job = `run ${path} --agents 4 --url ${stub.url} ${load} --duration 200ms --json`;
    const unknown = await tool(job).ended;
    expect(unknown.code).toBe(1);
    expect(unknown.err).toMatch(/^loadgen: agent \w+ cannot take part: it has no file echo\.mjs in /m);
    writeFileSync(join(folder, 'echo.mjs'), `${echo}// changed\n`);
    const other = await tool(job).ended;
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/it has another echo\.mjs in \S+: SHA-256 \w{12}…; wanted: \w{12}…/);
    writeFileSync(join(folder, 'echo.mjs'), echo);
    const known = await tool(job).ended;
    expect(known.code).toBe(0);
    const { result } = JSON.parse(known.out);
    expectAllCameBack(result, 80);
    expect(stub.counts.received).toBe(result.messages.sent);
  });

  test('of all agents that wait stops everywhere at Ctrl-C, and has what was measured until then', async () => {
    stub = await startStub();
    const run = tool(`--agents all --url ${stub.url} ${load} --duration 60s --json`);
    await vi.waitUntil(() => stub.counts.received > 100, { timeout: 30_000 });
    run.interrupt();
    const { result } = JSON.parse((await run.ended).out);
    expect(result.warnings.map(({ kind }: { kind: string }) => kind)).toContain('stopped-early');
    expect(result.messages.delivered).toBeGreaterThan(100);
    expect(result.generator.agents).toHaveLength(4);
  });

  test('keeps what the others measured when one is killed in mid-run, names it, and exits 1', async () => {
    stub = await startStub();
    const run = tool(`--agents 4 --url ${stub.url} ${load} --duration 2s --json`);
    await vi.waitUntil(() => stub.counts.received > 200, { timeout: 30_000 });
    agents[2]!.child.kill('SIGKILL');
    const { code, out, err } = await run.ended;
    expect(code).toBe(1);
    expect(err).toMatch(
      /^loadgen: agent cid was lost: it has said nothing for 5 s; its 2 connections are not in this result$/m,
    );
    const { result } = JSON.parse(out);
    expectAllCameBack(result, 600);
    expect(result.generator.agents.filter(({ lost }: AgentReport) => lost)).toMatchObject([{ name: 'cid' }]);
    agents.splice(2, 1);
  });

  test('an agent that was only frozen is told that it was taken for lost, and leaves the others alone', async () => {
    stub = await startStub();
    const two = await Promise.all(['fay', 'gus'].map((name) => startAgent(name, {}, 2)));
    const run = tool(
      `--agents 2 --url ${stub.url} --connections 4 --rate 40 --warmup 0s --duration 16s --json`,
      {},
      2,
    );
    await vi.waitUntil(() => stub.counts.received > 10, { timeout: 30_000 });
    const frozen = two[0]!;
    frozen.child.kill('SIGSTOP');
    await delay(SILENT_MS + 2000);
    frozen.child.kill('SIGCONT');
    const { code, out } = await run.ended;
    expect(code).toBe(1);
    const { result } = JSON.parse(out);
    expectAllCameBack(result, 320);
    expect(result.generator.agents.filter(({ lost }: AgentReport) => lost)).toMatchObject([{ name: 'fay' }]);
    expect(frozen.err).toMatch(/: it was taken for lost: it has said nothing for 5 s$/m);
    expect(frozen.err).not.toContain('the coordinator has died');
  });

  test('says how many came when too few did; who comes later is not taken along', async () => {
    const few = await tool('--agents 4 --agents-wait 500ms --url ws://127.0.0.1:1/').ended;
    expect(few.code).toBe(1);
    expect(few.err).toMatch(/^loadgen: [0-3] of 4 agents came within 0\.5 s$/m);
    stub = await startStub();
    const job = `--agents 4 --url ${stub.url} ${load} --duration 200ms --json`;
    const eve = await startAgent('eve');
    agents.push(eve);
    expect((await tool(job).ended).code).toBe(0);
    const [{ run }] = agents.map(({ out }) => JSON.parse(out.trim().split('\n').at(-1)!));
    expect(ownResults()).toHaveLength(4);
    // Each line of an agent is about a run: the one that it came too late for would be another.
    expect(eve.err.match(/(?<=^run )\w+/gm)?.filter((other) => other !== run)).toEqual([]);
  });

  test('has what the server used in its report, by an observer beside it', async () => {
    stub = await startStub({ burnUs: 2000 });
    const pid = process.pid;
    const observer = tool(`observe --name api --pid ${pid}`);
    await observer.says('waits for runs');
    const before = process.cpuUsage();
    const job = `--agents 4 --url ${stub.url} ${load} --duration 500ms`;
    const nobody = tool(`${job} --observe nobody`).ended;
    const { code, out } = await tool(`${job} --observe api --json`).ended;
    expect(code).toBe(0);
    const { user, system } = process.cpuUsage(before);
    const [usage, ...others] = JSON.parse(out).result.observed;
    expect(usage).toMatchObject({ name: 'api', pids: [pid] });
    expect(others).toEqual([]);
    const cpuUs = usage.cpuUserUs + usage.cpuSystemUs;
    expect(cpuUs).toBeGreaterThan(0);
    // The kernel counts each of the two in steps of 10 ms.
    expect(cpuUs).toBeLessThanOrEqual(user + system + 20_000);
    expect(usage.wallMs).toBeGreaterThan(0);
    expect(usage.maxRssBytes).toBeGreaterThan(1e6);
    expect((await nobody).err).toMatch(/^loadgen: no observer nobody answered within 5 s$/m);
    expect((await observer.stop()).code).toBe(0);
    const client = new Redis(url);
    await expect.poll(() => client.keys('ws-arena:observe*'), POLL).toEqual([]);
    await expect.poll(() => client.keys('ws-arena:run-*-[0-9]:*'), POLL).toEqual([]);
    client.disconnect();
  });

  test('refuses an agent whose clock is off by more than is allowed', async () => {
    await startAgent('off', {}, 1);
    const { code, err } = await tool('--agents 1 --clock-bound 0ms --url ws://127.0.0.1:1/', {}, 1).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/^loadgen: agent off cannot take part: its clock .*; at most 0 ms are allowed$/m);
  });

  test('ends when it is told to although Redis is away: an idle agent, and a run that waits', async () => {
    const other = await startRedis();
    const env = { REDIS_URL: other.url };
    const agent = tool('agent', env);
    const run = tool('--agents 2 --url ws://127.0.0.1:1/', env);
    await run.says('1 of 2');
    const idle = tool('agent --name idle', { REDIS_URL: `${other.url}/1` });
    await idle.says('waits for runs');
    await other.kill();
    run.interrupt();
    expect((await run.ended).code).toBe(1);
    expect([(await agent.stop()).code, (await idle.stop()).code]).toEqual([0, 0]);
  });

  test('meets over TLS, and refuses a certificate that nobody vouches for', async () => {
    const names = [{ name: 'commonName', value: 'localhost' }];
    const { cert, private: key } = await generate(names, {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    const port = await freePort('127.0.0.1');
    const files = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-auth-clients', 'no'];
    const secure = await startRedis({ settings: ['--tls-port', String(port), ...files] });
    stub = await startStub();
    const env = { REDIS_URL: `rediss://127.0.0.1:${port}` };
    const refused = await tool('agent', env).ended;
    expect(refused.err).toMatch(/^loadgen: Redis at rediss:\S+ cannot be used: self-signed certificate\n$/);
    const trusting = { ...env, NODE_EXTRA_CA_CERTS: certFile };
    tool('agent', trusting);
    const job = `--agents 1 --url ${stub.url} ${load} --duration 200ms --json`;
    const { code, out } = await tool(job, trusting).ended;
    expect(code).toBe(0);
    expectAllCameBack(JSON.parse(out).result, 80);
    await secure.stop();
  });

  test.each([
    ['a wrong password', (right: string) => right.replace(PASSWORD, 'wrong'), /WRONGPASS/],
    ['no password', (right: string) => right.replace(`:${PASSWORD}@`, ''), /NOAUTH/],
    ['no Redis', () => 'redis://:secret@127.0.0.1:1', /ECONNREFUSED/],
  ])('says %s in one sentence', async (_, change, reason) => {
    const env = { REDIS_URL: change(url) };
    for (const line of ['agent', '--agents 1 --url ws://127.0.0.1:1/']) {
      const { code, err } = await tool(line, env).ended;
      expect(code).toBe(1);
      expect(err).toMatch(/^loadgen: Redis at redis:\S+ cannot be used: [^\n]+\n$/);
      expect(err).toMatch(reason);
      expect(err).not.toMatch(/wrong@|secret/);
    }
  });
});
