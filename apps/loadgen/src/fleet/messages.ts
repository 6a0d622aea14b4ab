import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { DeliveryLog } from '../loads/deliveries.ts';
import type { JobEvent, Tally } from '../processes/control.ts';
import type { ProcessResult } from '../processes/process-result.ts';
import type { Share } from '../processes/worker-pool.ts';
import type { FileHashes } from './shared-files.ts';

/* What coordinator and agents of a fleet tell each other, as JSON in BullMQ jobs. */

/** The queue that agents take their parts from, and the mailboxes of a run. */
export const AGENT_QUEUE = 'agents';
export const coordinatorBox = (run: string): string => `run-${run}`;
export const agentBox = ({ run, part }: Pick<Part, 'run' | 'part'>): string => `run-${run}-${part}`;

/** A place in a run, which one agent takes. */
export interface Part {
  readonly run: string;
  /** From 0. */
  readonly part: number;
  /** An agent that takes it later is late: milliseconds since 1970 of Redis' clock. */
  readonly untilMs: number;
  /** How far an agent's clock may be off that of Redis, in milliseconds. */
  readonly clockBoundMs: number;
}

export type ToAgent =
  | { readonly kind: 'job'; readonly spec: LoadSpec; readonly files: FileHashes; readonly share: Share }
  /** The load begins at `atMs` of Redis' clock, on so many connections of all agents. */
  | { readonly kind: 'start'; readonly atMs: number; readonly connections: number }
  | { readonly kind: 'alive' }
  | { readonly kind: 'stop' }
  /** The agent is free again; `reason` says why it was not wanted. */
  | { readonly kind: 'over'; readonly reason?: string };

/** An agent as it introduces itself. */
export interface AgentIntroduction {
  readonly name: string;
  /** How many descriptors a process may have there. */
  readonly descriptors: number;
  readonly clockAheadMs: number;
  readonly roundTripMs: number;
}

export type FromAgent = { readonly part: number } & (
  | ({ readonly kind: 'joined' } & AgentIntroduction)
  | { readonly kind: 'event'; readonly event: JobEvent }
  | { readonly kind: 'alive'; readonly tally?: Tally }
  | { readonly kind: 'result'; readonly results: readonly SentResult[] }
  /** It cannot do its part, or not any more: one sentence without its subject. */
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string }
);

/** A `ProcessResult` as JSON: numbers of each message are bytes in base64. */
export interface SentResult {
  readonly result: LoadResult;
  readonly deliveries?: Omit<DeliveryLog, 'count' | 'lastNs'> & {
    readonly count: string;
    readonly lastNs: string;
  };
}

export function encodeResult({ result, deliveries }: ProcessResult): SentResult {
  if (!deliveries) return { result };
  const { count, lastNs } = deliveries;
  return { result, deliveries: { ...deliveries, count: toBase64(count), lastNs: toBase64(lastNs) } };
}

export function decodeResult({ result, deliveries }: SentResult): ProcessResult {
  if (!deliveries) return { result };
  const count = new Uint32Array(toBytes(deliveries.count));
  return {
    result,
    deliveries: { ...deliveries, count, lastNs: new Float64Array(toBytes(deliveries.lastNs)) },
  };
}

function toBase64({ buffer, byteOffset, byteLength }: Uint32Array | Float64Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

function toBytes(base64: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(base64, 'base64')).buffer;
}
