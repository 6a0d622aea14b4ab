import { bucketOf, type SparseHistogram, sparse } from '@ws-arena/load/buckets';
import type { SliceLine } from '@ws-arena/results/slice-line';
import type { Case } from '@ws-arena/results/trial';
import { type Character, GENERATOR_NS, PROXY_NS } from './characters.ts';

/** What a slice is made from. */
export interface Maker {
  readonly of: Character;
  /** Costs are multiplied by it, e.g. 1.1: 10 % slower. */
  readonly slow: number;
  /** Multiplies by a number near 1 that differs from call to call and shares the drift of the block. */
  noisy(value: number): number;
  /** Shares of the machine that others took, 0 to 1. */
  readonly others: number;
  readonly steal: number;
}

const SLICE_NS = 100_000_000;
const CORES = 2;

/** The server's true CPU per unit in a case, in nanoseconds. */
export function trueCostNs({ scenario, params }: Case, of: Character): number {
  switch (scenario) {
    case 'load':
      return params.burst === 16 ? of.burstNs : of.messageNs;
    case 'broadcast':
      return of.deliveryNs;
    case 'connect':
      return of.handshakeNs;
    case 'deflate':
      return of.messageNs + (params.level === 0 ? 0 : 21_000);
    case 'http':
      return of.requestNs;
    default:
      return of.burstNs;
  }
}

/** One good slice of a case. Server and proxy share a core, and the generator has one of its own. */
export function sampleSlice(one: Case, maker: Maker): Pick<SliceLine, 'load' | 'usage' | 'noise'> {
  const server = maker.noisy(trueCostNs(one, maker.of) * maker.slow);
  const proxy = one.route === 'direct' ? 0 : maker.noisy(PROXY_NS);
  const handshakes = one.scenario === 'connect';
  const generator = maker.noisy(handshakes ? 70_000 : GENERATOR_NS / (one.scenario === 'broadcast' ? 12 : 1));
  const units = one.params.members === undefined ? 1 : Number(one.params.members);
  const offeredPerSec = one.scenario === 'echo' ? 1e9 / Math.max(server + proxy, generator) : Number(one.params.ratePerSec);
  const offered = Math.round((offeredPerSec * SLICE_NS) / 1e9);
  const delivered = offered * units;
  const perSlice = (ns: number) => (ns * delivered) / SLICE_NS;
  const full = perSlice(server + proxy);
  // What could not be done in the slice is done after it.
  const wallNs = Math.round(SLICE_NS * Math.max(1, full, perSlice(generator)));
  const used = (ns: number) => ({
    cpuNs: Math.round(ns * delivered),
    saturation: Math.min(1, (ns * delivered) / wallNs),
  });
  const pair = full > 0.9 ? 0.99 : full;
  return {
    load: {
      ...{ wallNs, offered, sent: offered, delivered, lost: 0, duplicated: 0, reordered: 0, corrupted: 0 },
      ...bytes(one, delivered, maker),
      ...{ late: 0, lagP99Ns: 40_000 },
      ...(one.scenario !== 'echo' && latencies(one, (server + proxy) * 3, full, maker)),
    },
    usage: {
      server: { ...used(server), saturation: proxy > 0 ? pair : used(server).saturation },
      generator: used(generator),
      ...(proxy > 0 && { proxy: { ...used(proxy), saturation: pair } }),
    },
    noise: {
      othersNs: Math.round(maker.others * wallNs * CORES),
      stealNs: Math.round(maker.steal * wallNs * CORES),
      pressureNs: Math.round((0.04 + maker.others / 2) * wallNs),
    },
  };
}

function bytes({ scenario, params }: Case, delivered: number, { noisy }: Maker) {
  const payloadReceived = delivered * Number(params.payloadBytes ?? 64);
  const ratio = scenario === 'deflate' && params.level !== 0 ? noisy(0.31) : 1.06;
  const wire = Math.round(payloadReceived * ratio);
  return { wireSent: wire, wireReceived: wire, payloadReceived };
}

/** From `serviceNs` on, rising as the core fills; a core that is asked for more than it has lets a queue grow. */
function latencies({ scenario }: Case, serviceNs: number, full: number, { noisy }: Maker) {
  const medianNs = noisy(full < 1 ? 40_000 + serviceNs / (1 - Math.min(0.97, full)) : SLICE_NS * (full - 0.5));
  const intended = histogram(medianNs);
  return {
    intended,
    actual: histogram(medianNs * 0.97),
    ...(scenario === 'broadcast' && { lastMember: histogram(medianNs * 2.2) }),
  };
}

const OF_EACH = 20;
const shape = Array.from({ length: 60 }, (_, i) => {
  const z = probit((i + 0.5) / 60);
  return Math.exp(0.3 * z + Math.max(0, z - 1.5) * 0.8);
});

/** 1,200 values around `medianNs` with a tail. */
function histogram(medianNs: number): SparseHistogram {
  const counts = new Map<number, number>();
  for (const factor of shape) {
    const bucket = bucketOf(medianNs * factor);
    counts.set(bucket, (counts.get(bucket) ?? 0) + OF_EACH);
  }
  return sparse(counts);
}

/** The inverse of the normal distribution, by its logistic approximation: good enough for made-up data. */
function probit(p: number): number {
  return Math.log(p / (1 - p)) / 1.702;
}
