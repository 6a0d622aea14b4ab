import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { SliceSpec } from '@ws-arena/load/slice';
import type { Case, Params } from '@ws-arena/results/trial';

/** What is loaded beside the echoes of `mixed`, in the same slices, on connections of its own. */
export interface Neighbour {
  readonly session: LoadSpec;
  readonly load: SliceSpec['load'];
}

/** Slices of `mixed`, in milliseconds: each holds two large messages, or two broadcasts. */
export const MIXED_SLICE_MS = 250;

const EVENTS_PER_SEC = 8;
const LARGE_BYTES = 4 * 2 ** 20;
const ROOM = { connections: 1000, bytes: 1024 };
const COMPRESSING = { connections: 50, bytes: 1024, ratePerSec: 2000 };
const HANDSHAKES_PER_SEC = 1000;
const DEFLATE_LEVEL = 6;

/** Each neighbour, and the same without one: compression takes other settings, so it has a `none` of its own. */
export const mixedParams: readonly Params[] = [
  ...['none', 'broadcast', 'large', 'handshakes'].map((neighbour) => ({ neighbour })),
  ...['none', 'deflate'].map((neighbour) => ({ neighbour, level: DEFLATE_LEVEL })),
];

/** The settings of a server that can bear every neighbour of a case. */
export function mixedSettings({ params }: Case): Readonly<Record<string, unknown>> {
  return {
    readLimitBytes: 2 * LARGE_BYTES,
    maxBufferedBytes: 2 * LARGE_BYTES,
    ...(params.level !== undefined && { deflateLevel: Number(params.level) }),
  };
}

/** The neighbour of a case; undefined for `none`. @param base what every session of the case has alike. */
export function neighbourOf({ params }: Case, base: LoadSpec): Neighbour | undefined {
  const steady = (ratePerSec: number): SliceSpec['load'] => ({
    ...{ kind: 'open', ratePerSec, over: 'all', arrivals: 'constant', profile: 'constant' },
  });
  const payload = (bytes: number, kind: 'random' | 'json' = 'random') => ({ ...base.payload, bytes, kind });
  switch (params.neighbour) {
    case 'broadcast': {
      const load = { kind: 'broadcast', ratePerSec: EVENTS_PER_SEC } as const;
      const { connections, bytes } = ROOM;
      return { session: { ...base, connections, payload: payload(bytes), load }, load };
    }
    case 'large':
      return {
        session: { ...base, connections: 1, payload: payload(LARGE_BYTES) },
        load: steady(EVENTS_PER_SEC),
      };
    case 'handshakes':
      return {
        session: { ...base, connections: 0 },
        load: { kind: 'connect', ratePerSec: HANDSHAKES_PER_SEC, concurrency: 0 },
      };
    case 'deflate': {
      const { connections, bytes, ratePerSec } = COMPRESSING;
      const session: LoadSpec = {
        ...base,
        connections,
        deflate: 'no-takeover',
        payload: payload(bytes, 'json'),
      };
      return { session, load: steady(ratePerSec) };
    }
    default:
      return undefined;
  }
}
