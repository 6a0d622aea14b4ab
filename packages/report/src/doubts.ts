import type { Warning, WarningKind } from '@ws-arena/load/warning';
import type { Trial } from '@ws-arena/results/trial';
import type { MeasuredCase } from './rounds.ts';

/** The doubts about one case: what its trials warned of, what their counts show, and rounds that are missing. */
export function doubtsOf({ good, failed, planned }: MeasuredCase): Warning[] {
  const byKind = new Map<WarningKind, string[]>();
  for (const trial of good) {
    for (const { kind, detail } of trialDoubts(trial).values()) {
      byKind.set(kind, [...(byKind.get(kind) ?? []), detail]);
    }
  }
  const merged = [...byKind].map(([kind, details]) => ({
    kind,
    detail: inRounds(details, good.length),
    share: details.length / good.length,
  }));
  const missing = planned - good.length;
  if (missing <= 0) return merged;
  const why = failed.length > 0 ? `: ${failed[0]!.error}` : '';
  return [
    ...merged,
    { kind: 'few-samples', detail: `${good.length} of ${planned} rounds were measured${why}` },
  ];
}

/** One doubt of each kind in a trial; the first that was stored speaks for its kind. */
function trialDoubts(trial: Trial): Map<WarningKind, Warning> {
  const doubts = new Map<WarningKind, Warning>();
  for (const one of [...trial.warnings, ...(trial.load?.warnings ?? []), ...countDoubts(trial)]) {
    if (!doubts.has(one.kind)) doubts.set(one.kind, one);
  }
  return doubts;
}

function countDoubts(trial: Trial): Warning[] {
  const { load } = trial;
  if (!load) return [];
  const { messages, connections, generator } = load;
  const doubts: Warning[] = [];
  for (const kind of ['lost', 'duplicated', 'reordered', 'corrupted'] as const) {
    if (messages[kind] > 0)
      doubts.push({ kind, detail: `${messages[kind]} of ${messages.expected} messages ${kind}` });
  }
  const failed = describe(connections.failed);
  if (failed)
    doubts.push({ kind: 'connect-failed', detail: `of ${connections.asked} connections failed: ${failed}` });
  const closed = describe(connections.closed);
  if (closed)
    doubts.push({
      kind: 'closed-unexpectedly',
      detail: `of ${connections.opened} connections ended: ${closed}`,
    });
  doubts.push(...countsOf(trial));
  if (generator.behindSchedule) {
    doubts.push({ kind: 'behind-schedule', detail: 'the generator missed its own schedule' });
  }
  return doubts;
}

/** Memory that grows by steps, compression of messages that are all alike, and counts that do not agree. */
function countsOf({ held = [], stub = [], metrics = [], case: { scenario, params } }: Trial): Warning[] {
  const doubts: Warning[] = [];
  const slopes = held.slice(1).map((sample, i) => {
    const before = held[i]!;
    return (sample.serverRssBytes - before.serverRssBytes) / (sample.connections - before.connections);
  });
  const [least, most] = [Math.min(...slopes), Math.max(...slopes)];
  if (slopes.length > 1 && least < most * 0.7) {
    const detail = `from step to step a connection took between ${Math.round(least)} and ${Math.round(most)} B`;
    doubts.push({ kind: 'uneven-growth', detail });
  }
  if (scenario === 'deflate' && params.takeover === 'yes') {
    const detail =
      'all messages are alike, so a kept window finds each of them in the one before: a best case';
    doubts.push({ kind: 'all-alike', detail });
  }
  const nginx = stub.find(({ active, held: open }) => active !== open);
  if (nginx)
    doubts.push({
      kind: 'miscounted',
      detail: `stub_status counted ${nginx.active} of ${nginx.held} connections`,
    });
  const server = metrics.find(({ connections, held: open }) => connections !== open);
  if (server) {
    doubts.push({
      kind: 'miscounted',
      detail: `/metrics counted ${server.connections} of ${server.held} connections`,
    });
  }
  return doubts;
}

function describe(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count} (${reason})`)
    .join(', ');
}

function inRounds(details: readonly string[], rounds: number): string {
  return rounds === 1 ? details[0]! : `in ${details.length} of ${rounds} rounds: ${details[0]}`;
}
