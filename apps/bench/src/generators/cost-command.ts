import { resolve } from 'node:path';
import { parseConfig } from '@ws-arena/config/parse-config';
import { commandPrefix } from '@ws-arena/contract/command-prefix';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { startServer } from '@ws-arena/contract/running-server';
import { targetNamed } from '@ws-arena/contract/targets';
import { median } from '@ws-arena/report/statistics/median';
import { type PairedRatio, pairedRatio } from '@ws-arena/report/statistics/paired-ratio';
import { scaled } from '@ws-arena/report/view/scale';
import type { Command } from '../commands/command.ts';
import { parseOwnOptions } from '../plan/options.ts';
import { UsageError } from '../plan/usage-error.ts';
import { Generator } from '../processes/generator.ts';
import { pinning } from '../processes/pinning.ts';
import { type CostLane, measureCost } from './measure-cost.ts';

const WINDOWS = [1, 16];
const DEFAULTS = { rounds: 600, precision: 2, target: 'uws-bare' } as const;

/** `pnpm bench cost`: what an echoed message costs the load generator, beside the server and another checkout's generator. */
export const costCommand: Command = {
  name: 'cost',
  usage: 'cost [--base DIR] [--rounds N] [--precision PERCENT] [--target NAME]',
  about: `CPU of the load generator for an echo ÷ that of the server, and ÷ that of the checkout --base, until known to ± ${DEFAULTS.precision} %`,
  run: async (argv, interrupted) => {
    const given = parseOwnOptions(argv, ['base', 'rounds', 'precision', 'target']);
    const plan = {
      rounds: above0('rounds', given.rounds ?? DEFAULTS.rounds),
      precision: above0('precision', given.precision ?? DEFAULTS.precision) / 100,
      interrupted,
    };
    const target = targetNamed(given.target ?? DEFAULTS.target);
    if (target?.capabilities.wire !== 'websocket')
      throw new UsageError(
        `--target is "${given.target}"; allowed: a target of plain WebSocket, as ws or uws-bare`,
      );
    const pins = pinning(true);
    const cpus = pins.server === undefined ? {} : { cpus: pins.server };
    const server = await startServer(target, parseConfig({ port: 0 }), { ...cpus, signal: interrupted });
    const folders = [repoRoot, ...(given.base === undefined ? [] : [resolve(given.base)])];
    const generators: Generator[] = [];
    try {
      for (const folder of folders)
        generators.push(await Generator.start(commandPrefix(pins.generator), interrupted, folder));
      for (const window of WINDOWS) {
        const lanes = await measureCost(generators, server, window, plan);
        process.stdout.write(`window ${window}, ${lanes[0]!.ownNs.length} rounds: ${costText(lanes)}\n`);
      }
    } finally {
      await Promise.all([...generators.map((generator) => generator.end()), server.stop()]);
    }
    return 0;
  },
};

function costText([own, base]: readonly CostLane[]): string {
  const { ownNs, serverNs } = own!;
  const said = [
    `${scaled(median(ownNs), 'ns')} of the generator for a message, ${scaled(median(serverNs), 'ns')} of the server`,
    `generator ÷ server ${ratioText(pairedRatio(ownNs, serverNs))}`,
  ];
  if (base)
    said.push(
      `base ${scaled(median(base.ownNs), 'ns')}, this ÷ base ${ratioText(pairedRatio(ownNs, base.ownNs))}`,
    );
  return said.join('; ');
}

function ratioText({ ratio: { center, lo, hi } }: PairedRatio): string {
  return `${center.toFixed(3)} (${lo.toFixed(3)} to ${hi.toFixed(3)})`;
}

function above0(option: string, given: string | number): number {
  const value = Number(given);
  if (value > 0) return value;
  throw new UsageError(`--${option} is "${given}"; allowed: a number above 0`);
}
