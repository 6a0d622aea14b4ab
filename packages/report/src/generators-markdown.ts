import { freezeLatencyMs } from '@ws-arena/results/freeze-latency';
import type {
  CostLoad,
  CostRound,
  GeneratorsFile,
  MeasuredGenerator,
  ReportedLatency,
} from '@ws-arena/results/generators-file';
import { markdownTable } from './markdown-table.ts';
import { median } from './statistics/median.ts';
import { pairedRatio } from './statistics/paired-ratio.ts';
import { percent, scaled } from './view/scale.ts';

const INTRO = `What a message costs this load generator and others, and what each reports of a server that stands still.

\`\`\`sh
pnpm bench generators --fetch artillery,gatling   # from npm and Maven Central to the project's cache, once
pnpm bench generators                             # those that are there
\`\`\``;

const COST = `CPU time of all processes of the generator, from when its connections stand and its code is warm, for each message that
the server counted: the median of the rounds. *CPU ÷* is its ratio to the first row in the same round, with its 95 %
interval. All are held to the same CPUs.`;

const FREEZE = `The server is stopped (SIGSTOP) in the middle of the load at the fixed rate, and goes on. *True* is what each message waits
from the time at which the rate wants it sent. A generator that sends a connection's next message when the last is answered
sends nothing meanwhile, so hardly any message of it has waited: coordinated omission. Medians of the rounds.`;

/** `docs/generators.md`. */
export function generatorsMarkdown(file: GeneratorsFile): string {
  return `${[
    '<!-- made by `pnpm bench readme` from docs/reference/generators.json, do not edit -->',
    '# The load generator beside others',
    INTRO,
    '## What a message costs',
    costTable(file),
    COST,
    '## What each reports of a server that stands still',
    freezeTable(file),
    FREEZE,
    '## How it was measured',
    madeOn(file),
    ...file.absent.map((sentence) => `Not measured: ${sentence}.`),
  ].join('\n\n')}\n`;
}

function costTable({ generators, ratePerSec }: GeneratorsFile): string {
  const [own] = generators;
  const rate = scaled(ratePerSec, '1/s');
  const head = ['generator', 'version', 'licence'];
  for (const load of [rate, 'one in flight']) head.push(`${load}: CPU`, 'CPU ÷', 'messages');
  const rows = generators.map((one) => [
    one.name,
    one.version,
    one.licence,
    ...costCells(one, own!, 'open', keeps(one, ratePerSec)),
    ...costCells(one, own!, 'closed'),
  ]);
  return markdownTable(head, rows);
}

/** Whether a generator sent what it was asked for; what it costs at a lower rate is not compared. */
function keeps({ cost }: MeasuredGenerator, ratePerSec: number): boolean {
  return median(cost.open.map(({ messagesPerSec }) => messagesPerSec)) >= 0.95 * ratePerSec;
}

function costCells(
  { cost }: MeasuredGenerator,
  own: MeasuredGenerator,
  load: CostLoad,
  compared = true,
): string[] {
  const of = (rounds: readonly CostRound[]) => rounds.map(({ generatorNs }) => generatorNs);
  const { ratio } = pairedRatio(of(cost[load]), of(own.cost[load]));
  const ends =
    ratio.hi === Number.POSITIVE_INFINITY ? '' : ` (${ratio.lo.toFixed(2)}–${ratio.hi.toFixed(2)})`;
  return [
    scaled(median(of(cost[load])), 'ns'),
    cost === own.cost ? '1' : compared ? `${ratio.center.toFixed(2)}${ends}` : 'did not keep the rate',
    scaled(median(cost[load].map(({ messagesPerSec }) => messagesPerSec)), '1/s'),
  ];
}

function freezeTable({ generators, windowMs, freezeMs, ratePerSec }: GeneratorsFile): string {
  const truth = (percentile: number) => msText(freezeLatencyMs({ windowMs, freezeMs }, percentile));
  const name = `**true: ${msText(freezeMs)} of ${msText(windowMs)}**`;
  const of = (rounds: readonly ReportedLatency[], key: keyof ReportedLatency) =>
    msText(median(rounds.map((one) => one[key])));
  const rows = generators.map((one) => [
    keeps(one, ratePerSec) ? one.name : `${one.name} (did not keep the rate)`,
    of(one.freeze, 'p50Ms'),
    of(one.freeze, 'p99Ms'),
    of(one.freeze, 'maxMs'),
  ]);
  return markdownTable(
    ['reported by', 'p50', 'p99', 'max'],
    [[name, 'as without', truth(99), truth(100)], ...rows],
  );
}

const msText = (ms: number) => scaled(ms * 1e6, 'ns');

function madeOn({
  generators,
  environment: e,
  others,
  server,
  connections,
  payloadBytes,
  startedAt,
  tookMs,
  command,
}: GeneratorsFile): string {
  const rounds = generators[0]!.freeze.length;
  return `\`${command}\`, ${startedAt.slice(0, 10)}, ${Math.round(tookMs / 1000)} s; ${rounds} of each figure, in rounds in which every generator has its turn, in an order by lot. Server: ${server}; ${connections} connections, texts of ${payloadBytes} B. ${e.cpuModel}, ${e.cores} cores, ${e.os}, Node.js ${e.node}; ${e.pinning}. Other processes used ${percent(others)} of this machine meanwhile. Artillery's engine for WebSocket records no latency: for the second table functions in its script do, and the first is without them. Gatling records whole milliseconds.`;
}
