import { basename } from 'node:path';
import type { AgentReport, LimitFinding, LoadResult, ObservedUsage } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { redactedUrl } from '@ws-arena/load/redacted';
import { agentsWord } from '../fleet/fleet-options.ts';
import { wrap } from './help.ts';
import { distributions } from './percentiles.ts';
import type { ThresholdOutcome } from './threshold.ts';
import { formatBytes, formatCount, formatDuration, formatNs } from './units.ts';

const WIDTH = 80;
const LABEL = 14;

/** The summary that a person reads, at most 80 columns wide, with its final newline. */
export function summary(spec: LoadSpec, result: LoadResult, outcomes: readonly ThresholdOutcome[]): string {
  const lines = [...heading(spec, result), '', ...counts(spec, result), '', ...table(spec, result)];
  if (spec.load.kind === 'closed') {
    lines.push(
      ...paragraph(
        'note',
        'a closed loop waits for the server, so it has no latency; for latency give a --rate',
      ),
    );
  }
  for (const { kind, detail } of result.warnings) lines.push(...paragraph('warning', `${kind}: ${detail}`));
  for (const { threshold, value, failed } of outcomes) {
    const found =
      value === undefined ? 'no such figure was measured' : `is ${figure(threshold.metric, value)}`;
    lines.push(...paragraph(failed ? 'FAILED' : 'ok', `${threshold.text}: ${found}`));
  }
  return `${lines.join('\n')}\n`;
}

function figure(metric: string, value: number): string {
  return /p\d|mean$|max$|min$/.test(metric) ? formatNs(value) : formatCount(value);
}

function heading(spec: LoadSpec, result: LoadResult): string[] {
  const measured = formatDuration(Math.round(result.measuredNs / 1e8) * 100);
  const connections = `${formatCount(spec.connections)} connection${spec.connections === 1 ? '' : 's'}`;
  return [
    ...wrap(spec.urls.map(redactedUrl).join(' '), WIDTH),
    ...wrap(`${connections}, ${loadText(spec)}, ${measured} measured`, WIDTH),
  ];
}

function loadText({ load, payload, dialect, scenario, deflate }: LoadSpec): string {
  const message = `${payload.bytes} B ${payload.kind} ${payload.binary ? 'binary' : 'text'}`;
  const how = [
    message,
    scenario ? `scenario ${basename(scenario.name)}` : dialect === 'websocket' ? '' : dialect,
    deflate === 'off' ? '' : `deflate ${deflate}`,
  ];
  const kind = {
    closed: () => `closed loop with ${(load as { window: number }).window} in flight on each`,
    open: () => {
      const open = load as Extract<typeof load, { kind: 'open' }>;
      const each = open.over === 'connection' ? ' on each' : '';
      return `open loop at ${formatCount(open.ratePerSec)}/s${each} (${open.arrivals}, ${open.profile})`;
    },
    broadcast: () => {
      const { ratePerSec, rooms = 1 } = load as Extract<typeof load, { kind: 'broadcast' }>;
      const where = rooms === 1 ? 'broadcast by one' : `broadcast in ${formatCount(rooms)} rooms`;
      return `${where} at ${formatCount(ratePerSec)}/s`;
    },
    connect: () => 'handshakes',
    hold: () => 'held',
    limit: () => 'the largest message',
    receive: () => 'receive only',
  }[load.kind]();
  const isSized = load.kind !== 'connect' && load.kind !== 'receive' && load.kind !== 'limit';
  return [kind, ...(isSized ? how.filter(Boolean) : [])].join(', ');
}

function counts(spec: LoadSpec, result: LoadResult): string[] {
  const { connections, messages, bytes, generator } = result;
  const perSec = (count: number) => `${formatCount((count * 1e9) / result.measuredNs)}/s`;
  const lines = paragraph(
    'connections',
    `${formatCount(connections.opened)} opened of ${formatCount(connections.asked)}${byReason('failed', connections.failed)}${byReason('closed', connections.closed)}`,
  );
  if (spec.load.kind === 'connect') {
    lines.push(
      ...paragraph('handshakes', `${formatCount(result.handshakes)} (${perSec(result.handshakes)})`),
    );
  } else if (spec.load.kind === 'limit') {
    const found = result.limit;
    lines.push(...paragraph('limit', found ? limitText(found) : 'not found'));
  } else {
    const { offered, sent, delivered, lost, duplicated, reordered, corrupted } = messages;
    lines.push(
      ...paragraph(
        'messages',
        `${formatCount(offered)} offered, ${formatCount(sent)} sent, ${formatCount(delivered)} delivered (${perSec(delivered)})`,
      ),
      ...paragraph(
        '',
        `${formatCount(lost)} lost, ${formatCount(duplicated)} duplicated, ${formatCount(reordered)} reordered, ${formatCount(corrupted)} corrupted`,
      ),
    );
  }
  lines.push(
    ...paragraph(
      'wire',
      `${formatBytes(bytes.wireSent)} sent, ${formatBytes(bytes.wireReceived)} received${result.extensions ? ` (${result.extensions})` : ''}`,
    ),
    ...paragraph(
      'generator',
      `${generator.agents ? `${agentsText(generator.agents)}, ` : ''}${generator.processes} process${generator.processes === 1 ? '' : 'es'}, busiest at ${(generator.busiest * 100).toFixed(0)} % of a core`,
    ),
    ...(result.observed ?? []).flatMap((usage) =>
      paragraph('server', observedText(usage, messages.delivered)),
    ),
  );
  return lines;
}

/** What the processes of a server used: its CPU also for each message that came back. */
function observedText(usage: ObservedUsage, delivered: number): string {
  const { name, pids, cpuUserUs, cpuSystemUs, maxRssBytes, wallMs, lost } = usage;
  if (lost !== undefined) return `${name}: not observed: ${lost}`;
  const cpuUs = cpuUserUs + cpuSystemUs;
  const each = delivered > 0 ? ` (${(cpuUs / delivered).toFixed(1)} µs a message)` : '';
  return `${name} (pid ${pids.join(', ')}): ${(cpuUs / wallMs / 10).toFixed(0)} % of a core${each}, at most ${formatBytes(maxRssBytes)}`;
}

function agentsText(agents: readonly AgentReport[]): string {
  const lost = agents.filter((agent) => agent.lost !== undefined).length;
  return `${agentsWord(agents.length)}${lost > 0 ? ` (${lost} lost)` : ''}`;
}

function limitText({ largestBytes, past }: LimitFinding): string {
  const end = past === 'none' ? 'the largest size tried' : `with one byte more: ${past}`;
  return `${formatCount(largestBytes)} B came back, ${end}`;
}

function byReason(word: string, reasons: Readonly<Record<string, number>>): string {
  const parts = Object.entries(reasons).map(([reason, count]) => `${formatCount(count)} ${reason}`);
  return parts.length > 0 ? `; ${word}: ${parts.join(', ')}` : '';
}

function table(spec: LoadSpec, result: LoadResult): string[] {
  const rows = Object.entries(distributions(spec, result));
  if (rows.length === 0) return [];
  const columns = ['p50', 'p90', 'p99', 'p99.9', 'max', 'mean'] as const;
  const head = columns.map((name) => name.padStart(11)).join('');
  return [
    ' '.repeat(LABEL) + head,
    ...rows.map(([name, p]) => name.padEnd(LABEL) + columns.map((c) => formatNs(p[c]).padStart(11)).join('')),
  ];
}

function paragraph(label: string, text: string): string[] {
  return wrap(text, WIDTH - LABEL).map((line, i) => (i === 0 ? label : '').padEnd(LABEL) + line);
}
