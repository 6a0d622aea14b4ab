import type { Target } from '@ws-arena/contract/targets';
import { balanceMethods } from '@ws-arena/infra/balance-method';
import { markdownTable } from '@ws-arena/report/markdown-table';
import { median } from '@ws-arena/report/statistics/median';
import type { PairedRatio } from '@ws-arena/report/statistics/paired-ratio';
import type { Command } from '../commands/command.ts';
import { benchConfig } from '../plan/bench-config.ts';
import { parseOptions } from '../plan/options.ts';
import { UsageError } from '../plan/usage-error.ts';
import { RunFolder } from '../store/run-folder.ts';
import { type BalanceCost, balanceCosts } from './balance-cost.ts';
import { type BalanceFinding, balanceExperiment } from './balance-experiment.ts';
import { coefficientOfVariation } from './spread.ts';

const CLIENTS = 300;

/** `pnpm bench balance`: the methods of an Nginx upstream, and what each does with connections that stay. */
export const balanceCommand: Command = {
  name: 'balance',
  usage: 'balance [--targets NAME] [--out DIR] [--json]',
  about: 'show how the methods of an Nginx upstream spread connections over 3 instances',
  run: async (argv, interrupted) => {
    const given = parseOptions(argv, ['targets', 'out', 'json']);
    const target = oneTarget(benchConfig({ targets: given.targets ?? 'ws' }).targetList);
    const folder = RunFolder.create(
      typeof given.out === 'string' ? given.out : undefined,
      new Date(),
      'balance',
    );
    const spreads: BalanceFinding[] = [];
    for (const method of balanceMethods) {
      process.stderr.write(`${method}\n`);
      spreads.push(await balanceExperiment(target, method, CLIENTS, interrupted));
    }
    process.stderr.write('cost\n');
    const costs = await balanceCosts(target.name, interrupted);
    const findings = spreads.map((finding) => ({ finding, cost: costs.get(finding.method)! }));
    folder.write(
      'balance.json',
      `${JSON.stringify({ target: target.name, clients: CLIENTS, findings }, null, 1)}\n`,
    );
    const table = balanceTable(findings);
    folder.write('balance.md', table);
    process.stdout.write(given.json === true ? `${JSON.stringify(findings)}\n` : table);
    return 0;
  },
};

/** @throws UsageError when it is not one, or not one whose instances can be started and killed here. */
function oneTarget([target, ...others]: readonly Target[]): Target {
  if (others.length > 0) throw new UsageError(`balance takes one target, and got ${others.length + 1}`);
  if (target!.launch.kind === 'remote')
    throw new UsageError(
      `balance starts and kills instances of its own, and "${target!.name}" runs elsewhere`,
    );
  return target!;
}

function balanceTable(
  findings: readonly { readonly finding: BalanceFinding; readonly cost: BalanceCost }[],
): string {
  const spread = (counts: readonly number[]) =>
    `${counts.join(' / ')} (${coefficientOfVariation(counts).toFixed(2)})`;
  const added = (costs: readonly number[], { ratio: { center, lo, hi } }: PairedRatio) =>
    `${(median(costs) / 1000).toFixed(1)} µs (${center.toFixed(2)}× [${lo.toFixed(2)}–${hi.toFixed(2)}])`;
  const rows = findings.map(({ finding, cost }) => [
    finding.method,
    spread(finding.oneSubnet),
    spread(finding.manySubnets),
    `${Math.round(finding.sameInstance * 100)} %`,
    `${finding.death.returned} of ${finding.death.cut} → ${finding.death.spread.join(' / ')}`,
    String(finding.cutByReload),
    added(cost.perMessageNs, cost.message),
    added(cost.perHandshakeNs, cost.handshake),
  ]);
  const head = [
    'method',
    'one /24: per instance (CV)',
    'many /24 (CV)',
    'comes back to the same',
    'after a death: came back',
    'cut by reload',
    'Nginx CPU per message',
    'Nginx CPU per handshake',
  ];
  return `${markdownTable(head, rows)}\n`;
}
