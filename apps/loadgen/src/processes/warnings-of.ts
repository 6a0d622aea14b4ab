import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Warning, WarningKind } from '@ws-arena/load/warning';

/** The warnings about a result: those that were met on the way, then those that its figures raise; one of each kind. */
export function warningsOf(
  spec: LoadSpec,
  result: LoadResult,
  met: readonly Warning[],
  stopped: boolean,
): Warning[] {
  const warnings = [...met];
  const warn = (kind: WarningKind, holds: boolean, detail: string) => {
    if (holds) warnings.push({ kind, detail });
  };
  const { messages: m, connections: c, generator: g } = result;
  const failed = total(c.failed);
  const closed = total(c.closed);
  // Clients that come back are there to lose their connections: what becomes of them is their result.
  const stays = result.returns === undefined;
  warn('stopped-early', stopped, 'the job was stopped before its measured window was over');
  warn(
    'connect-failed',
    stays && failed > 0,
    `${failed} of ${c.asked} handshakes failed: ${listed(c.failed)}`,
  );
  warn(
    'closed-unexpectedly',
    stays && closed > 0 && spec.load.kind !== 'limit',
    `${closed} of ${c.opened} connections were ended by the server: ${listed(c.closed)}`,
  );
  warn(
    'lost',
    stays && m.lost > 0,
    `${m.lost} of ${m.expected} expected messages did not come within the drain time`,
  );
  warn('duplicated', m.duplicated > 0, `${m.duplicated} messages came more than once`);
  warn('reordered', m.reordered > 0, `${m.reordered} messages came after a later one`);
  warn('corrupted', m.corrupted > 0, `${m.corrupted} messages were not what was sent`);
  warn(
    'behind-schedule',
    stays && g.behindSchedule,
    `the generator did not keep its schedule: of ${m.offered} messages offered (${perSec(m.offered, result)}/s) it sent ${m.sent} (${perSec(m.sent, result)}/s), some of them late; its busiest process was at ${Math.round(g.busiest * 100)} % of a core`,
  );
  return warnings.filter((one, at) => warnings.findIndex((other) => other.kind === one.kind) === at);
}

function perSec(count: number, { measuredNs }: LoadResult): number {
  return Math.round((count * 1e9) / Math.max(1, measuredNs));
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count} times`)
    .join(', ');
}
