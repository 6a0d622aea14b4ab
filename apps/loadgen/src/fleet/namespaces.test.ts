// A fleet on machines of its own, as far as one machine has them: network namespaces with addresses of their own.
import { execFileSync } from 'node:child_process';
import { startRedis } from '@ws-arena/infra/running-redis';
import { redisHere } from '@ws-arena/infra/testing/redis-here';
import { expect, test } from 'vitest';
import { expectAllCameBack } from '../testing/all-came-back.ts';
import { startStub } from '../testing/stub-server.ts';
import { Tool } from '../testing/tool.ts';

/** Address `at` of eight that are this process's own, in the range for tests of network devices (RFC 2544). */
function addressAt(at: number): string {
  const low = ((process.pid * 8) % 2 ** 17) + at;
  return `198.${18 + (low >> 16)}.${(low >> 8) & 255}.${low & 255}`;
}
const HOST = addressAt(1);
const namespaces = [0, 1].map((number) => ({
  name: `wsarena-${process.pid}-${number}`,
  outside: `wsa${process.pid}o${number}`,
  inside: `wsa${process.pid}i${number}`,
  router: addressAt(4 * number + 1),
  address: addressAt(4 * number + 2),
}));
const ip = (line: string) => execFileSync('ip', line.split(' '), { stdio: ['ignore', 'ignore', 'pipe'] });

function make({ name, outside, inside, router, address }: (typeof namespaces)[number]): void {
  ip(`netns add ${name}`);
  ip(`link add ${outside} type veth peer name ${inside} netns ${name}`);
  ip(`addr add ${router}/30 dev ${outside}`);
  ip(`link set ${outside} up`);
  ip(`-n ${name} addr add ${address}/30 dev ${inside}`);
  ip(`-n ${name} link set ${inside} up`);
  ip(`-n ${name} route add default via ${router}`);
}

/** Its devices go with it. */
function remove({ name }: (typeof namespaces)[number]): void {
  try {
    ip(`netns del ${name}`);
  } catch {
    // It was not made.
  }
}

test('four agents in two network namespaces are one generator', { timeout: 60_000 }, async ({
  skip,
  onTestFinished,
}) => {
  if (!redisHere) return skip('a fleet in namespaces: no redis-server is here, and none could be fetched');
  onTestFinished(() => namespaces.forEach(remove));
  try {
    namespaces.forEach(make);
  } catch (error) {
    return skip(`a fleet in namespaces: ip cannot make any here: ${String((error as Error).message).trim()}`);
  }
  const redis = await startRedis({ host: HOST, settings: ['--requirepass', 'secret'] });
  const stub = await startStub({}, HOST);
  const env = { REDIS_URL: redis.url.replace('//', '//:secret@') };
  const agents = [0, 1, 2, 3].map((i) => {
    const { name } = namespaces[i % 2]!;
    return new Tool(`agent --name ${name}-${i}`, env, ['ip', 'netns', 'exec', name]);
  });
  onTestFinished(async () => {
    await Promise.all([...agents.map((agent) => agent.stop()), stub.stop()]);
    await redis.stop();
  });
  const job = `--url ${stub.url} --connections 8 --rate 400 --warmup 0s --duration 1s --json`;
  const { code, out, err } = await new Tool(`--agents 4 ${job}`, env).ended;
  expect(err).toContain('4 of 4');
  expect(code).toBe(0);
  expectAllCameBack(JSON.parse(out).result, 400);
  expect([...stub.peers].sort()).toEqual(namespaces.map(({ address }) => address).sort());
});
