import { type EncodedHistogram, encodeHistogram, mergeHistograms } from '@ws-arena/load/histogram';
import type {
  ByteCounts,
  ConnectionCounts,
  GeneratorUsage,
  LoadResult,
  MessageCounts,
  ReturnCounts,
} from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { type DeliveryLog, expectedDeliveries, lastMember } from '../loads/deliveries.ts';
import type { ProcessResult } from './process-result.ts';
import { warningsOf } from './warnings-of.ts';

/** The result of a job, from those of the processes that shared it: counts summed, histograms merged. */
export function resultOf(spec: LoadSpec, processes: readonly ProcessResult[], stopped: boolean): LoadResult {
  const results = processes.map((one) => one.result);
  const first = results[0]!;
  const merged: LoadResult = {
    ...first,
    connections: results.map((r) => r.connections).reduce(addConnections),
    measuredNs: Math.max(...results.map((r) => r.measuredNs)),
    messages:
      spec.load.kind === 'broadcast'
        ? deliveries(processes)
        : results.map((r) => r.messages).reduce(addCounts),
    bytes: results.map((r) => r.bytes).reduce(addCounts<ByteCounts>),
    ...histogram('latencyIntended', results),
    ...histogram('latencyActual', results),
    ...histogram('scheduleLag', results),
    ...histogram('handshake', results),
    ...histogram('latencyConnected', results),
    ...histogram('absence', results),
    ...returns(results),
    ...last(processes),
    handshakes: results.reduce((total, r) => total + r.handshakes, 0),
    generator: results.map((r) => r.generator).reduce(addUsage),
  };
  return {
    ...merged,
    warnings: warningsOf(
      spec,
      merged,
      results.flatMap((r) => r.warnings),
      stopped,
    ),
  };
}

/** The sum of two objects of numbers, name by name; a name that one of them lacks is 0 there. */
function addCounts<T extends { readonly [name in keyof T]: number }>(a: T, b: T): T {
  const total: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries<number>(b)) total[name] = (total[name] ?? 0) + count;
  return total as T;
}

function addConnections(a: ConnectionCounts, b: ConnectionCounts): ConnectionCounts {
  return {
    asked: a.asked + b.asked,
    opened: a.opened + b.opened,
    failed: addCounts(a.failed, b.failed),
    closed: addCounts(a.closed, b.closed),
  };
}

function addUsage(a: GeneratorUsage, b: GeneratorUsage): GeneratorUsage {
  return {
    processes: a.processes + b.processes,
    pids: [...a.pids, ...b.pids],
    cpuUserUs: a.cpuUserUs + b.cpuUserUs,
    cpuSystemUs: a.cpuSystemUs + b.cpuSystemUs,
    busiest: Math.max(a.busiest, b.busiest),
    behindSchedule: a.behindSchedule || b.behindSchedule,
  };
}

type HistogramName =
  | 'latencyIntended'
  | 'latencyActual'
  | 'scheduleLag'
  | 'handshake'
  | 'latencyConnected'
  | 'absence';

function histogram(name: HistogramName, results: readonly LoadResult[]): { [key in HistogramName]?: string } {
  const encoded = results.map((r) => r[name]).filter((text) => text !== undefined);
  if (encoded.length === 0) return {};
  return { [name]: encoded.length === 1 ? encoded[0] : encodeHistogram(mergeHistograms(encoded)) };
}

/** All processes count in the same ticks, for they have one schedule. */
function returns(results: readonly LoadResult[]): { returns?: ReturnCounts } {
  const all = results.map((r) => r.returns).filter((one) => one !== undefined);
  const [first] = all;
  if (!first) return {};
  const ticks = Math.max(...all.map(({ ended }) => ended.length));
  const sum = (of: 'ended' | 'begun' | 'returned') =>
    Array.from({ length: ticks }, (_, tick) => all.reduce((total, one) => total + (one[of][tick] ?? 0), 0));
  return {
    returns: {
      tickMs: first.tickMs,
      clients: all.reduce((total, { clients }) => total + clients, 0),
      ended: sum('ended'),
      begun: sum('begun'),
      returned: sum('returned'),
      waited: all.reduce((total, { waited }) => total + waited, 0),
      lostUntouched: all.reduce((total, { lostUntouched = 0 }) => total + lostUntouched, 0),
      ...(first.recovered !== undefined && {
        recovered: all.reduce((total, { recovered = 0 }) => total + recovered, 0),
      }),
    },
  };
}

function logsOf(processes: readonly ProcessResult[]): DeliveryLog[] {
  return processes.map((one) => one.deliveries).filter((log) => log !== undefined);
}

/** The counts of a broadcast: what was sent by one process is expected by the room's members in all. */
function deliveries(processes: readonly ProcessResult[]): MessageCounts {
  const total = processes.map((one) => one.result.messages).reduce(addCounts<MessageCounts>);
  const expected = expectedDeliveries(logsOf(processes));
  return { ...total, expected, lost: Math.max(0, expected - total.delivered) };
}

function last(processes: readonly ProcessResult[]): { latencyLast?: EncodedHistogram } {
  const recorder = lastMember(logsOf(processes));
  return recorder.total > 0 ? { latencyLast: recorder.encode() } : {};
}
