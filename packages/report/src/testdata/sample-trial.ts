import type { LoadResult } from '@ws-arena/load/load-result';
import type { Case, Trial, Usage } from '@ws-arena/results/trial';
import type { Maker } from './sample-slice.ts';

const HELD_NS = 1_000_000_000;

/** What a `hold` or a `limit` of a made-up target measures. */
export function sampleTrial(one: Case, maker: Maker): Pick<Trial, 'load' | 'usage' | 'held'> {
  const { of, slow, noisy } = maker;
  if (one.scenario === 'limit')
    return { load: { ...quiet(1), limit: { largestBytes: 65_536, past: of.library === 'ws' ? '1009' : '1006' } } };
  const most = Number(one.params.connections);
  const proxied = one.route !== 'direct';
  const [perServer, perProxy] = [noisy(of.bytesPerConnection * slow), noisy(19_000)];
  return {
    load: quiet(most),
    usage: { server: used(noisy(2500) * most), generator: used(1500 * most), ...(proxied && { proxy: used(900 * most) }) },
    held: [0.25, 0.5, 1].map((part) => ({
      connections: most * part,
      serverRssBytes: Math.round(70_000_000 + perServer * most * part),
      ...(proxied && { proxyRssBytes: Math.round(9_000_000 + perProxy * most * part) }),
    })),
  };
}

function used(cpuNs: number): Usage {
  const rssBytes = 90_000_000;
  return { processes: 1, cpuNs: Math.round(cpuNs), systemShare: 0.6, saturation: 0.1, rssBytes, rssPeakBytes: rssBytes };
}

function quiet(connections: number): LoadResult {
  const none = { offered: 0, sent: 0, expected: 0, delivered: 0, lost: 0, duplicated: 0, reordered: 0, corrupted: 0 };
  return {
    connections: { asked: connections, opened: connections, failed: {}, closed: {} },
    extensions: '',
    measuredNs: HELD_NS,
    messages: none,
    bytes: { wireSent: 0, wireReceived: 0, payloadSent: 0, payloadReceived: 0 },
    handshakes: 0,
    generator: { processes: 1, pids: [1], cpuUserUs: 0, cpuSystemUs: 0, busiest: 0, behindSchedule: false },
    warnings: [],
  };
}
