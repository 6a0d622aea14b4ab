import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { metrics } from '@ws-arena/server-interface/metric-names';
import { closePayload } from '../client-frame.ts';
import type { Fleet, SuiteServer } from '../fleet.ts';
import { residentBytes } from '../memory.ts';
import { readMetrics } from '../metrics-text.ts';
import { Peer } from '../peer.ts';
import { type Row, row, SLACK_MS } from '../row.ts';

/** What is wrong with the server's own counts, once they had the time to become `wanted`; an absent sample counts as 0. */
export async function counted(
  server: SuiteServer,
  wanted: Readonly<Record<string, number>>,
): Promise<string | undefined> {
  const deadlineMs = performance.now() + SLACK_MS;
  for (;;) {
    const seen = await readMetrics(server);
    const wrong = Object.entries(wanted).find(([sample, value]) => (seen.get(sample) ?? 0) !== value);
    if (!wrong) return undefined;
    const [sample, value] = wrong;
    if (performance.now() > deadlineMs) return `${sample} is ${seen.get(sample) ?? 0}, not ${value}`;
    await setTimeout(25);
  }
}

async function counts(fleet: Fleet): Promise<string> {
  const server = await fleet.own('times');
  const [stays, goes, silent] = [
    await Peer.open(server),
    await Peer.open(server),
    await Peer.open(server, { answersPings: false }),
  ];
  stays.say('0123456789');
  stays.say('01234', { binary: true });
  await stays.message(2);
  goes.close();
  await goes.end();
  await silent.end();
  const wrong = await counted(server, {
    ws_connections: 1,
    'ws_messages_total{direction="received"}': 2,
    'ws_messages_total{direction="sent"}': 2,
    'ws_message_bytes_total{direction="received"}': 15,
    'ws_message_bytes_total{direction="sent"}': 15,
    'ws_closes_total{code="1000"}': 1,
    'ws_cuts_total{reason="pong_wait"}': 1,
  });
  stays.raw.destroy();
  await server.stop();
  return wrong ?? 'as happened';
}

/** Clients that close with codes of their own choice; what is counted says how many of them, and under few names. */
async function chosenCodes(fleet: Fleet): Promise<string> {
  const server = await fleet.own('base');
  const codes = [...Array.from({ length: 20 }, (_, i) => 4000 + i * 49), 1000];
  await Promise.all(
    codes.map(async (code) => {
      const peer = await Peer.open(server);
      peer.close(closePayload(code));
      await peer.end();
    }),
  );
  const wrong = await counted(server, {
    'ws_closes_total{code="4xxx"}': 20,
    'ws_closes_total{code="1000"}': 1,
  });
  const series = [...(await readMetrics(server)).keys()].filter((name) => name.startsWith('ws_closes_total'));
  await server.stop();
  return wrong ?? `${series.length} series`;
}

async function rejects(fleet: Fleet): Promise<string> {
  const server = await fleet.own('few');
  const inside = [await Peer.open(server), await Peer.open(server)];
  const refused = await Peer.knock(server);
  const wrong = await counted(server, { 'ws_rejected_upgrades_total{status="503"}': 1 });
  for (const peer of [...inside, refused]) peer.raw.destroy();
  await server.stop();
  return wrong ?? 'as happened';
}

async function declared(fleet: Fleet): Promise<string> {
  const server = await fleet.server('base');
  const response = await fetch(`${server.httpUrl}/metrics`);
  const text = await response.text();
  const missing = Object.values(metrics).filter(
    ({ name, type, help }) =>
      !/; only w/.test(help) && !text.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`),
  );
  if (missing.length > 0) return `not declared: ${missing.map(({ name }) => name).join(', ')}`;
  return response.headers.get('content-type')?.startsWith('text/plain') ? 'declared' : 'not as text/plain';
}

/** What the server says of its own memory and CPU time against what the kernel says of it, after some work. */
async function ofItsProcess(fleet: Fleet): Promise<string> {
  const server = await fleet.server('base');
  const peer = await Peer.open(server);
  for (let sent = 0; cpuSecondsOf(server.pid) < LEAST_CPU_SECONDS; ) {
    for (let i = 0; i < 1000; i += 1) peer.say('work');
    sent += 1000;
    await peer.message(sent);
  }
  peer.raw.destroy();
  const fromSeconds = cpuSecondsOf(server.pid);
  const deadlineMs = performance.now() + SLACK_MS;
  let said = await readMetrics(server);
  const seconds = () => said.get(metrics.cpuSeconds.name) ?? Number.NaN;
  // The text may be of a moment ago.
  while (!(seconds() >= fromSeconds) && performance.now() < deadlineMs) said = await readMetrics(server);
  const [toSeconds, rss] = [cpuSecondsOf(server.pid), residentBytes(server.pid)];
  const bytes = said.get(metrics.residentMemory.name) ?? Number.NaN;
  // The kernel counts in whole ticks, and leaves out the one that goes on.
  if (!(seconds() >= fromSeconds && seconds() <= toSeconds + 5 / TICKS_PER_SECOND))
    return `${seconds()} s of CPU, where the kernel says ${fromSeconds} to ${toSeconds}`;
  if (!(bytes >= rss / 2 && bytes <= 2 * rss))
    return `${bytes} bytes of memory, where the kernel says ${rss}`;
  return 'as the kernel says';
}

/** Enough that a server that says 0, or what it had taken at its start, is found out. */
const LEAST_CPU_SECONDS = 0.2;

const TICKS_PER_SECOND = 100;

/** User and system time of a process, as proc_pid_stat(5) tells it. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function loopLag(fleet: Fleet): Promise<string> {
  const said = await readMetrics(await fleet.server('base'));
  const quantiles = ['0.5', '0.99', '1'].map((at) => said.get(`${metrics.loopLag.name}{quantile="${at}"}`));
  if (quantiles.every((value) => value === undefined)) return 'there is none';
  const [median = -1, p99 = -1, longest = -1] = quantiles;
  // A quantile is that of a bucket, which may end a little above the longest.
  const rises = median >= 0 && median <= p99 && p99 <= 1.01 * longest;
  return rises ? 'median, p99 and longest' : quantiles.join(', ');
}

/** `/healthz`, `/metrics` and the ready line. */
export const httpRows: readonly Row[] = [
  row('/healthz', 'GET /healthz', '200', async (fleet) => {
    const server = await fleet.server('base');
    const response = await fetch(`${server.httpUrl}/healthz`);
    await response.text();
    return String(response.status);
  }),
  row('/metrics', 'every metric, as text', 'declared', declared),
  row('/metrics', 'connections, messages, bytes, closes and cuts', 'as happened', counts),
  row('/metrics', 'memory and CPU time of the process', 'as the kernel says', ofItsProcess),
  row(
    '/metrics',
    'lag of the event loop',
    ({ eventLoop }) => (eventLoop ? 'median, p99 and longest' : 'there is none'),
    loopLag,
  ),
  row('/metrics', 'close codes that 21 clients chose', '2 series', chosenCodes),
  row('/metrics', 'refused upgrades', 'as happened', rejects),
  row(
    'ready line',
    'names the target, its process, its port and what it loaded',
    'complete',
    async (fleet) => {
      const { ready, pid, port } = await fleet.server('base');
      if (ready.target !== fleet.target.name) return `names ${ready.target}, not ${fleet.target.name}`;
      const said = [ready.library, ready.version, ready.runtime].every((text) => text !== '');
      return said && pid > 0 && port > 0 ? 'complete' : JSON.stringify(ready);
    },
  ),
];
