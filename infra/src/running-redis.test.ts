import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { fetchedRedis, RedisUnavailable } from './redis-binary.ts';
import { startRedis } from './running-redis.ts';
import { redisHere } from './testing/redis-here.ts';

/** What Redis answers to one inline command. */
async function answer(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`${command}\r\n`);
  return text(socket);
}

describe.runIf(redisHere)('startRedis', () => {
  test('serves, keeps nothing on disk, and is gone when it is stopped', async () => {
    const redis = await startRedis();
    expect(await answer(redis.port, 'PING')).toBe('+PONG\r\n');
    expect(await answer(redis.port, 'CONFIG GET save')).toBe('*2\r\n$4\r\nsave\r\n$0\r\n\r\n');
    await redis.stop();
    expect(() => process.kill(redis.pid, 0)).toThrow('ESRCH');
  });

  test('killed, it starts again on the same port', async () => {
    const one = await startRedis();
    await one.kill();
    expect(await one.exited).toMatchObject({ signal: 'SIGKILL' });
    const two = await startRedis({ port: one.port });
    expect(two.url).toBe(one.url);
    await two.stop();
  });

  test('a port that is taken is an error that says so', async () => {
    const one = await startRedis();
    await expect(startRedis({ port: one.port })).rejects.toThrow(/did not start on port \d+: .*in use/s);
    await one.stop();
  });
});

test('without a way to fetch it, one sentence says what to do', async (t) => {
  const path = process.env.PATH;
  const root = await mkdtemp(join(tmpdir(), 'ws-arena-fetch-'));
  t.onTestFinished(async () => {
    process.env.PATH = path!;
    await rm(root, { recursive: true });
  });
  process.env.PATH = '/nowhere';
  const failed = fetchedRedis(root);
  await expect(failed).rejects.toThrow(RedisUnavailable);
  await expect(failed).rejects.toThrow(
    /^redis-server is not installed and could not be fetched \(.+\); install it \(for example `apt-get install redis-server`\)$/,
  );
});
