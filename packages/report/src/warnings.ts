import type { Warning, WarningKind } from '@ws-arena/load/warning';
import type { MeasuredCase } from './blocks.ts';
import { doubt } from './doubt.ts';
import { holdWarnings } from './hold.ts';
import { unitOf } from './metrics.ts';
import { noiseOf, noiseWarnings } from './noise.ts';
import { replacingWarnings } from './replacing.ts';
import { count } from './view/labels.ts';

/** A warning where more than this fraction of sends was late. */
const LATE = 0.01;

/** The warnings of one case: those that were stored, those that the counts show, and missing blocks. */
export function warningsOf(measured: MeasuredCase, cores: number): Warning[] {
  const { case: one, slices, trials } = measured;
  const noise = noiseOf(slices, cores);
  return [
    ...storedWarnings(measured),
    ...sliceCounts(measured),
    // Where clients come back, or a limit is looked for, what becomes of connections is the result.
    ...connections(
      trials.flatMap(({ load }) => (load && !load.returns && !load.limit ? [load.connections] : [])),
    ),
    ...(one.scenario === 'deflate' && one.params.takeover === 'yes' ? [ALL_ALIKE] : []),
    ...(noise ? noiseWarnings(noise) : []),
    ...missing(measured),
  ];
}

const ALL_ALIKE: Warning = {
  kind: 'all-alike',
  detail: 'all messages are alike: the best case for context takeover',
};

/** One of each kind; the first that was stored speaks for all, and says in how many lines it was raised. */
function storedWarnings({ slices, trials }: MeasuredCase): Warning[] {
  const lines = [
    ...slices.map(({ warnings = [] }) => warnings),
    ...trials.map((trial) => [
      ...trial.warnings,
      ...(trial.load?.warnings ?? []),
      ...(trial.held ? holdWarnings(trial) : []),
      ...replacingWarnings(trial),
    ]),
  ];
  const raised = new Map<WarningKind, { detail: string; lines: number }>();
  for (const warnings of lines) {
    for (const { kind, detail } of new Map(warnings.map((one) => [one.kind, one])).values()) {
      const before = raised.get(kind) ?? { detail, lines: 0 };
      raised.set(kind, { ...before, lines: before.lines + 1 });
    }
  }
  const thing = slices.length > 0 ? 'slices' : 'rounds';
  return [...raised].map(([kind, { detail, lines: n }]) => ({
    kind,
    detail: lines.length === 1 ? detail : `in ${n} of ${lines.length} ${thing}: ${detail}`,
  }));
}

/** Offered, sent and delivered over all slices, where they do not agree. */
function sliceCounts({ case: { scenario }, slices }: MeasuredCase): Warning[] {
  const sum = (
    of: 'offered' | 'sent' | 'delivered' | 'lost' | 'duplicated' | 'reordered' | 'corrupted' | 'late',
  ) => slices.reduce((total, { load }) => total + load[of], 0);
  const [offered, sent, delivered] = [sum('offered'), sum('sent'), sum('delivered')];
  const [offeredText, sentText, deliveredText] = [offered, sent, delivered].map((n) =>
    n.toLocaleString('en-US'),
  );
  const counts = `offered ${offeredText}, sent ${sentText}, delivered ${deliveredText}`;
  const doubts = (['lost', 'duplicated', 'reordered', 'corrupted'] as const).flatMap((kind) =>
    doubt(sum(kind) > 0, kind, `${count(sum(kind), unitOf[scenario])} ${kind} (${counts})`),
  );
  const late = sum('late') / sent;
  const lateText = `${Math.round(late * 100)} % of all sends left more than 5 ms late`;
  return [
    ...doubts,
    ...doubt(sent < offered, 'behind-schedule', `the generator skipped sends (${counts})`),
    ...doubt(late > LATE, 'behind-schedule', lateText),
    ...connections(slices.map(({ load }) => load)),
  ];
}

interface Connections {
  readonly failed?: Readonly<Record<string, number>>;
  readonly closed?: Readonly<Record<string, number>>;
}

function connections(lines: readonly Connections[]): Warning[] {
  const told = (of: keyof Connections) => {
    const counts = new Map<string, number>();
    for (const line of lines) {
      for (const [reason, n] of Object.entries(line[of] ?? {})) {
        if (n > 0) counts.set(reason, (counts.get(reason) ?? 0) + n);
      }
    }
    return [...counts].map(([reason, n]) => `${n.toLocaleString('en-US')} (${reason})`).join(', ');
  };
  const [failed, closed] = [told('failed'), told('closed')];
  return [
    ...doubt(failed !== '', 'connect-failed', `handshakes failed: ${failed}`),
    ...doubt(closed !== '', 'closed-unexpectedly', `connections ended unexpectedly: ${closed}`),
  ];
}

function missing({ case: one, slices, trials, failed, planned }: MeasuredCase): Warning[] {
  const good = slices.length + trials.length;
  // A rate that breaks a target is not offered to it again; the ladder says so.
  if (good >= planned || (one.scenario === 'load' && failed.length === 0)) return [];
  const thing = slices.length > 0 || trials.length === 0 ? 'blocks' : 'rounds';
  const why = failed[0] ? `: ${failed[0].error}` : '';
  return [{ kind: 'few-samples', detail: `measured in ${good} of ${planned} ${thing}${why}` }];
}
