import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '@ws-arena/config/parse-config';
import type { TestContext } from 'vitest';
import { freePort } from '../free-port.ts';
import { type NginxBinary, nginxBinary } from '../nginx-binary.ts';
import { type NginxConfigOptions, nginxConfig } from '../nginx-config.ts';
import { spawnNginx } from '../nginx-process.ts';
import { type ProxyOptions, type RunningProxy, startProxy } from '../running-proxy.ts';
import { type Backend, startBackend } from './backend.ts';
import { type Client, connect } from './client.ts';

/** The settings of the article, forty-five times faster; room enough for a busy machine to be late. */
export const fastConfig = parseConfig({
  pingPeriodMs: 400,
  pongWaitMs: 1200,
  writeWaitMs: 500,
  proxyReadTimeoutMs: 2000,
  proxySendTimeoutMs: 2000,
});

/** A proxy before `count` backends, both ended when the test is. */
export async function proxied(
  test: Pick<TestContext, 'onTestFinished'>,
  options: Partial<ProxyOptions> & { count?: number; pingPeriodMs?: number } = {},
): Promise<{ proxy: RunningProxy; backends: Backend[]; open: typeof connect }> {
  const { count = 1, pingPeriodMs, ...rest } = options;
  const ping = pingPeriodMs === undefined ? {} : { pingPeriodMs };
  const backends = await Promise.all(
    Array.from({ length: count }, (_, i) => startBackend(String.fromCharCode(97 + i), ping)),
  );
  const proxy = await startProxy({
    config: fastConfig,
    upstreams: backends.map((backend) => backend.upstream),
    workers: 1,
    ...rest,
  });
  const clients: Client[] = [];
  test.onTestFinished(async () => {
    for (const client of clients) client.end();
    await proxy.stop();
    await Promise.all(backends.map((backend) => backend.die()));
  });
  const open: typeof connect = async (...args) => {
    const client = await connect(...args);
    clients.push(client);
    return client;
  };
  return { proxy, backends, open };
}

/**
 * A proxy whose config is the rendered one after `change`; ends when the test does.
 * @returns its port, and the last lines of its log.
 */
export async function rawProxy(
  test: Pick<TestContext, 'onTestFinished'>,
  options: Pick<NginxConfigOptions, 'upstreams'> & Partial<NginxConfigOptions>,
  change: (text: string) => string,
  binary?: NginxBinary,
): Promise<{ readonly port: number; readonly stderr: () => string }> {
  const [port, statusPort] = [await freePort('127.0.0.1'), await freePort('127.0.0.1')];
  const prefix = await mkdtemp(join(tmpdir(), 'ws-arena-nginx-test-'));
  await mkdir(join(prefix, 'temp'));
  const text = nginxConfig(fastConfig, {
    variant: 'run',
    method: 'round-robin',
    listen: [`127.0.0.1:${port}`],
    stubStatus: `127.0.0.1:${statusPort}`,
    workerProcesses: 1,
    workerConnections: 256,
    descriptors: 512,
    ...options,
    ...(process.getuid?.() === 0 ? { user: 'root' } : {}),
  });
  const changed = change(text);
  if (changed === text) throw new Error('the change found nothing to change in the rendered config');
  await writeFile(join(prefix, 'nginx.conf'), changed);
  const nginx = await spawnNginx({
    binary: binary ?? (await nginxBinary()),
    prefix,
    workers: 1,
    startTimeoutMs: 15_000,
  });
  test.onTestFinished(async () => {
    await nginx.end('SIGTERM');
    await rm(prefix, { recursive: true, force: true });
  });
  return { port, stderr: nginx.stderr };
}
