import { availableParallelism } from 'node:os';
import { parseConfig } from '@ws-arena/config/parse-config';
import { startServer } from '@ws-arena/contract/running-server';
import { type Target, targetNamed, targets } from '@ws-arena/contract/targets';
import { generatorsMarkdown } from '@ws-arena/report/generators-markdown';
import { GENERATORS_SCHEMA_VERSION, type GeneratorsFile } from '@ws-arena/results/generators-file';
import { othersSince } from '../article/others.ts';
import type { Command } from '../commands/command.ts';
import { benchConfig } from '../plan/bench-config.ts';
import { parseOwnOptions } from '../plan/options.ts';
import { UsageError } from '../plan/usage-error.ts';
import { pinning } from '../processes/pinning.ts';
import { commandLine } from '../store/command-line.ts';
import { environment } from '../store/environment.ts';
import { RunFolder } from '../store/run-folder.ts';
import { artillery } from './artillery.ts';
import { gatling } from './gatling.ts';
import { loadgenTool } from './loadgen-tool.ts';
import { measureAll, type PresentTool } from './measure-all.ts';
import type { Tool } from './tool.ts';

/** The first is what the others are compared with. */
const tools: readonly Tool[] = [loadgenTool, artillery, gatling];

const CONNECTIONS = 100;
const RATE = 10_000;
const PAYLOAD = 'ws-arena'.repeat(8);
const FREEZE = { seconds: 10, freezeMs: 1000 } as const;
const WARM_MS = 6000;

/** `pnpm bench generators`: this load generator beside others, on one server, in turns. */
export const generatorsCommand: Command = {
  name: 'generators',
  usage: 'generators [--fetch LIST] [--rounds N] [--seconds N] [--target NAME] [--out DIR]',
  about: `what a message costs ${tools.map(({ name }) => name).join(', ')}, and what each reports of a server that stands still; --fetch artillery,gatling gets them`,
  run: async (argv, interrupted) => {
    const given = parseOwnOptions(argv, ['fetch', 'rounds', 'seconds', 'target', 'out']);
    const rounds = wholeNumber('rounds', given.rounds ?? '6');
    const seconds = wholeNumber('seconds', given.seconds ?? '3');
    const target = countingTarget(given.target ?? 'uws');
    await fetchTools(given.fetch);
    const { present, absent } = await toolsHere();
    for (const sentence of absent) process.stderr.write(`${sentence}\n`);
    const folder = RunFolder.create(given.out, new Date(), 'generators');
    const command = commandLine('pnpm bench generators', argv);
    const measured = await measure({ target, present, rounds, seconds, interrupted });
    const file: GeneratorsFile = { schemaVersion: GENERATORS_SCHEMA_VERSION, command, ...measured, absent };
    const markdown = generatorsMarkdown(file);
    folder.write('generators.json', `${JSON.stringify(file, null, 1)}\n`);
    folder.write('generators.md', markdown);
    process.stdout.write(markdown);
    process.stderr.write(`${folder.path}/generators.md\n`);
    return 0;
  },
};

/** What of, and for how long. */
interface Asked {
  readonly target: Target;
  readonly present: readonly PresentTool[];
  readonly rounds: number;
  /** Of each cost. */
  readonly seconds: number;
  readonly interrupted: AbortSignal;
}

async function measure({ target, present, rounds, seconds, interrupted }: Asked) {
  const startedAt = new Date();
  const others = othersSince(availableParallelism());
  const pins = pinning(true);
  const cpus = pins.server === undefined ? {} : { cpus: pins.server };
  const server = await startServer(target, parseConfig({ port: 0 }), { ...cpus, signal: interrupted });
  const bench = {
    server,
    cpus: pins.generator,
    warmMs: WARM_MS,
    windowMs: seconds * 1000,
    freezeMs: FREEZE.freezeMs,
    interrupted,
  };
  const load = { url: server.url, connections: CONNECTIONS, payload: PAYLOAD };
  const plan = { load, ratePerSec: RATE, freezeSeconds: FREEZE.seconds, rounds };
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const generators = await measureAll(present, plan, bench, say).finally(() => server.stop());
  return {
    startedAt: startedAt.toISOString(),
    tookMs: Date.now() - startedAt.getTime(),
    environment: await environment(benchConfig({}), pins),
    server: `${target.name}, ${target.library} ${server.ready.version}`,
    connections: CONNECTIONS,
    payloadBytes: PAYLOAD.length,
    ratePerSec: RATE,
    windowMs: FREEZE.seconds * 1000,
    freezeMs: FREEZE.freezeMs,
    generators,
    others: others(),
  };
}

/** Fetches those that a list names. @throws UsageError for a name that none has. */
async function fetchTools(list: string | undefined): Promise<void> {
  const named = (list?.split(',') ?? []).map((name) => {
    const tool = tools.find((one) => one.name.toLowerCase() === name);
    if (tool) return tool;
    const allowed = tools.slice(1).map((one) => one.name.toLowerCase());
    throw new UsageError(`--fetch has "${name}"; allowed: ${allowed.join(', ')}, comma-separated`);
  });
  for (const tool of named) await tool.fetch();
}

/** The generators that can run here, and a sentence for each that cannot. */
async function toolsHere() {
  const found = await Promise.all(tools.map(async (tool) => ({ tool, version: await tool.version() })));
  return {
    present: found.flatMap(({ tool, version }) => (version === undefined ? [] : [{ tool, version }])),
    absent: found
      .filter(({ version }) => version === undefined)
      .map(
        ({ tool: { name, from } }) =>
          `${name} is not here; --fetch ${name.toLowerCase()} gets it from ${from}`,
      ),
  };
}

/** @throws UsageError for a target that does not count its messages, or speaks no plain WebSocket. */
function countingTarget(name: string) {
  const allowed = targets.filter(
    ({ kind, capabilities }) => kind !== 'bare' && capabilities.wire === 'websocket',
  );
  const target = targetNamed(name);
  if (target && allowed.includes(target)) return target;
  throw new UsageError(`--target is "${name}"; allowed: ${allowed.map((one) => one.name).join(', ')}`);
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`--${option} is "${text}"; allowed: a whole number from 1`);
}
