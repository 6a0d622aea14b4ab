import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { decodeHistogram } from '@ws-arena/load/histogram';
import type { LoadResult } from '@ws-arena/load/load-result';
import type { Tool } from './tool.ts';

const folder = join(repoRoot, 'apps/loadgen');

/** This project's own generator, as `pnpm loadgen` starts it. */
export const loadgenTool: Tool = {
  name: 'loadgen',
  licence: 'MIT',
  from: 'this project',
  version: async () => {
    const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return version;
  },
  fetch: async () => {},
  launch: async ({ url, connections, payload, rate, seconds }) => {
    const load = rate === 'flight-1' ? ['--window', '1'] : ['--rate', String(rate)];
    const size = ['--connections', String(connections), '--size', String(payload.length)];
    const time = ['--warmup', '0s', '--duration', `${seconds * 1000}ms`];
    return {
      command: [process.execPath, join(folder, 'src/main.ts'), url, ...load, ...size, ...time, '--json'],
    };
  },
  reported: (_, stdout) => {
    const { result }: { result: LoadResult } = JSON.parse(stdout);
    if (!result.latencyIntended) throw new Error('loadgen reports no latency');
    const latency = decodeHistogram(result.latencyIntended);
    const [p50Ms, p99Ms] = [50, 99].map((percentile) => latency.getValueAtPercentile(percentile) / 1e6);
    return { p50Ms: p50Ms!, p99Ms: p99Ms!, maxMs: latency.maxValue / 1e6 };
  },
};
