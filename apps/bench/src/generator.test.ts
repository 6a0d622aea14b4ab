import { parseConfig } from '@ws-arena/config/parse-config';
import { startServer } from '@ws-arena/contract/running-server';
import { targets } from '@ws-arena/contract/targets';
import { defaultSpec } from '@ws-arena/load/load-spec';
import type { Usage } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { Generator } from './generator.ts';
import { UsageMeter } from './usage-meter.ts';

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
          usage = meter.stop(job.durationMs * 1e6);
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
