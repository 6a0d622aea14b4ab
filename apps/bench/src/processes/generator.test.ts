import { parseConfig } from '@ws-arena/config/parse-config';
import { startServer } from '@ws-arena/contract/running-server';
import { targets } from '@ws-arena/contract/targets';
import { defaultSpec } from '@ws-arena/load/load-spec';
import type { Usage } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { UsageMeter } from '../measure/usage-meter.ts';
import { Generator } from './generator.ts';

test('the usage of a generator is that of all its processes', { timeout: 60_000 }, async () => {
  const server = await startServer(targets.find(({ name }) => name === 'ws')!, parseConfig({ port: 0 }));
  const generator = await Generator.start([]);
  try {
    const meter = new UsageMeter(() => generator.pids);
    let usage: Usage | undefined;
    const job = { urls: [server.url], connections: 20, processes: 2, durationMs: 600 };
    const { generator: own } = await generator.run(
      { ...defaultSpec, ...job },
      {
        measuring: () => meter.start(),
        measured: () => {
          usage = meter.stop();
        },
      },
    );
    expect(usage?.processes).toBe(3);
    // The windows of the meter and of the workers begin and end some time apart on a busy machine.
    expect(usage!.cpuNs).toBeGreaterThan(((own.cpuUserUs + own.cpuSystemUs) * 1000) / 3);
  } finally {
    await generator.end();
    await server.stop();
  }
});

test('open sessions are loaded in turn, and every promise is rejected when the generator dies', {
  timeout: 60_000,
}, async () => {
  const server = await startServer(targets.find(({ name }) => name === 'ws')!, parseConfig({ port: 0 }));
  const generator = await Generator.start([]);
  try {
    const spec = { ...defaultSpec, urls: [server.url] };
    const sessions = [await generator.open({ ...spec, connections: 2 }), await generator.open(spec)];
    expect(sessions.map(({ connections, extensions }) => [connections, extensions])).toEqual([
      [2, ''],
      [1, ''],
    ]);
    const slice = { load: { kind: 'closed', window: 2 }, durationMs: 30, drainMs: 20_000 } as const;
    for (const session of [...sessions, ...sessions]) {
      const result = await generator.slice(session, slice);
      expect(result.delivered).toBeGreaterThan(0);
      expect(result).toMatchObject({ delivered: result.sent, lost: 0 });
    }
    // A job that nobody waits for any more does not give its result to the next one.
    const [first, second] = await Promise.all([
      generator.run({ ...spec, connections: 3, durationMs: 20 }),
      generator.run({ ...spec, connections: 4, durationMs: 20 }),
    ]);
    expect([first.connections.opened, second.connections.opened]).toEqual([3, 4]);
    await generator.close(sessions[0]!);
    await expect(generator.slice(sessions[0]!, slice)).rejects.toThrow(/^no session .* is open$/);
    const closing = generator.slice(sessions[1]!, { ...slice, durationMs: 60_000 });
    const closed = generator.close(sessions[1]!);
    await expect(closing).rejects.toThrow('closed in the middle of a slice');
    await closed;
    const session = await generator.open(spec);
    const dying = generator.slice(session, { ...slice, durationMs: 60_000 });
    process.kill(generator.pids[0]!, 'SIGKILL');
    await expect(dying).rejects.toThrow('the load generator ended with SIGKILL');
    await expect(generator.open(spec)).rejects.toThrow('the load generator ended with SIGKILL');
  } finally {
    await generator.end();
    await server.stop();
  }
});
