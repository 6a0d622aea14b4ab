import type { RunningServer } from '@ws-arena/contract/running-server';
import type { RunningProxy } from '@ws-arena/infra/running-proxy';
import type { MetricsSample, ProxySample } from '@ws-arena/results/trial';
import { metrics as names } from '@ws-arena/server-interface/metric-names';
import type { ServedTarget } from '../processes/served-target.ts';

/** Nginx's own count of connections beside the generator's; empty when the status page does not answer. */
export async function sampleProxy(proxy: RunningProxy, held: number): Promise<ProxySample[]> {
  try {
    const { active, reading, writing, waiting } = await proxy.stubStatus();
    return [{ active, reading, writing, waiting, held }];
  } catch {
    return [];
  }
}

/** The servers' own count of connections, over all instances, beside the generator's; empty without `/metrics`. */
export async function sampleMetrics(served: ServedTarget, held: number): Promise<MetricsSample[]> {
  try {
    const counts = await connectionsOf(served.servers);
    return counts.some(Number.isNaN) ? [] : [{ connections: counts.reduce((sum, n) => sum + n, 0), held }];
  } catch {
    return [];
  }
}

/** The connections that each server counts, from its `/metrics`; NaN for a page without the gauge. */
export function connectionsOf(servers: readonly RunningServer[]): Promise<number[]> {
  const gauge = new RegExp(`^${names.connections.name} (\\d+)`, 'm');
  return Promise.all(
    servers.map(async ({ httpUrl }) =>
      Number(gauge.exec(await (await fetch(`${httpUrl}/metrics`)).text())?.[1]),
    ),
  );
}
