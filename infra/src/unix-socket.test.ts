// Every server behind Nginx, over a Unix socket.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '@ws-arena/config/parse-config';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import { Peer } from '@ws-arena/contract/suite/peer';
import { provenTargets } from '@ws-arena/contract/suite/proven-targets';
import { TargetUnavailable } from '@ws-arena/contract/target-unavailable';
import type { Target } from '@ws-arena/contract/targets';
import { afterAll, expect, test } from 'vitest';
import { startProxy } from './running-proxy.ts';
import { nginxHere } from './testing/nginx-here.ts';

const folder = await mkdtemp(join(tmpdir(), 'ws-arena-unix-'));
afterAll(() => rm(folder, { recursive: true }));

const start = (target: Target, socketPath: string) =>
  startServer(target, parseConfig({ port: 0, socketPath, drainSpreadMs: 0 }), { startTimeoutMs: 60_000 });

async function startHere(target: Target, path: string, skip: (why: string) => never): Promise<RunningServer> {
  try {
    return await start(target, path);
  } catch (error) {
    if (error instanceof TargetUnavailable) skip(`the target ${target.name}: ${error.message}`);
    throw error;
  }
}

test.runIf(nginxHere).for(provenTargets)(
  '$name serves through Nginx over a Unix socket',
  // The first of the Go servers is built first.
  { timeout: 300_000 },
  async (target, { skip, onTestFinished }) => {
    const path = join(folder, target.name);
    const killed = await startHere(target, path, skip);
    onTestFinished(() => killed.kill());
    const proxy = await startProxy({ config: parseConfig(), upstreams: [`unix:${path}`], workers: 1 });
    onTestFinished(() => proxy.stop());
    const echo = async () => {
      const peer = await Peer.open({ ...killed, port: proxy.port, url: proxy.url });
      peer.say('over a Unix socket');
      expect((await peer.message(1)).data.toString()).toBe('over a Unix socket');
      return peer;
    };
    await echo();
    await expect(start(target, path), 'a socket that somebody serves').rejects.toThrow(/cannot listen/);
    await killed.kill();
    const server = await start(target, path);
    onTestFinished(() => server.kill());
    const peer = await echo();
    await server.stop();
    expect((await peer.end()).code).toBe(1001);
  },
);
