import { bunBinary } from '@ws-arena/contract/bun-binary';
import { isInstalled } from '@ws-arena/contract/command-prefix';
import { goBinary } from '@ws-arena/contract/go-binary';
import { planConnections } from '@ws-arena/infra/machine-limits';
import { readMachine } from '@ws-arena/infra/machine-reading';
import { nginxBinary } from '@ws-arena/infra/nginx-binary';
import { nginxWithModules } from '@ws-arena/infra/nginx-modules';
import { redisBinary } from '@ws-arena/infra/redis-binary';
import { UsageError } from '../plan/usage-error.ts';
import { orAborted } from '../processes/or-aborted.ts';
import { pinning } from '../processes/pinning.ts';
import type { Command } from './command.ts';

const DEFAULT_CONNECTIONS = 100_000;

/** `pnpm bench doctor`: what this machine allows, and what would raise it. */
export const doctorCommand: Command = {
  name: 'doctor',
  usage: 'doctor [--connections N]',
  about: 'say what this machine has, how many connections it allows, and which kernel settings allow more',
  run: async (argv, interrupted) => {
    const wanted = connectionsFrom(argv);
    const machine = readMachine();
    const lines = [
      `pinning: ${pinning(true).sentence}`,
      `Go baselines: ${await outcome(orAborted(goBinary('gorilla'), interrupted), () => 'built')}`,
      `Bun: ${await outcome(orAborted(bunBinary(), interrupted), (path) => path)}`,
      `Nginx: ${await outcome(orAborted(nginxBinary(), interrupted), ({ version, path }) => `${version} (${path})`)}`,
      `Redis: ${await outcome(orAborted(redisBinary(), interrupted), ({ version, path }) => `${version} (${path})`)}`,
      `njs and Lua in Nginx: ${await outcome(orAborted(nginxWithModules(), interrupted), ({ version, path }) => `${version} (${path})`)}`,
      `setpriv: ${isInstalled('setpriv') ? 'found' : 'not found; a killed bench may leave its servers behind'}`,
      `descriptors of a process: ${machine.descriptorsSoft} (hard limit ${machine.descriptors}); memory free: ${(machine.memoryAvailableBytes / 2 ** 30).toFixed(1)} GiB`,
      ...(['direct', 'nginx', 'nginx-tls'] as const).flatMap((route) => [
        '',
        ...planLines(route, wanted, machine),
      ]),
    ];
    interrupted.throwIfAborted();
    process.stdout.write(`${lines.join('\n')}\n`);
    return 0;
  },
};

function planLines(
  route: 'direct' | 'nginx' | 'nginx-tls',
  wanted: number,
  machine: ReturnType<typeof readMachine>,
): string[] {
  const plan = planConnections(machine, route, wanted);
  const { limitedBy, nginx } = plan;
  const needs = [
    `${plan.instances} instances`,
    `${plan.generatorProcesses} generator processes`,
    `${plan.sourceAddresses} client addresses`,
    ...(nginx
      ? [
          `${nginx.workerProcesses} Nginx workers of ${nginx.workerConnections}`,
          `${nginx.sourceAddresses} addresses towards the servers`,
        ]
      : []),
  ];
  return [
    limitedBy
      ? `${route}: ${plan.connections} of ${wanted} connections, because ${limitedBy.because}`
      : `${route}: ${wanted} connections are possible`,
    `  with ${needs.join(', ')}`,
    ...(limitedBy?.raise ? [`  to raise this limit: ${limitedBy.raise}`] : []),
    ...plan.advice.map((sentence) => `  ${sentence}`),
  ];
}

function connectionsFrom(argv: readonly string[]): number {
  if (argv.length === 0) return DEFAULT_CONNECTIONS;
  const value = Number(argv[1]);
  if (argv[0] === '--connections' && argv.length === 2 && Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`doctor got "${argv.join(' ')}"; allowed: --connections and a whole number from 1`);
}

async function outcome<T>(attempt: Promise<T>, say: (value: T) => string): Promise<string> {
  try {
    return say(await attempt);
  } catch (error) {
    return (error as Error).message;
  }
}
