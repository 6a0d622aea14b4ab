import type { Target } from '@ws-arena/contract/targets';
import { type BalanceMethod, balanceMethods } from '@ws-arena/infra/balance-method';
import { figuresOf, histogramsOf } from '@ws-arena/report/figures';
import { markdownTable } from '@ws-arena/report/markdown-table';
import type { MetricName } from '@ws-arena/report/metrics';
import { median } from '@ws-arena/report/statistics/median';
import type { Trial } from '@ws-arena/results/trial';
import { Arena } from '../arena.ts';
import { benchConfig } from '../bench-config.ts';
import type { Command } from '../commands/command.ts';
import { parseOptions } from '../options.ts';
import { pinning } from '../pinning.ts';
import { RunFolder } from '../run-folder.ts';
import { measure } from '../trial.ts';
import { UsageError } from '../usage-error.ts';
import { type BalanceFinding, balanceExperiment } from './balance-experiment.ts';
import { coefficientOfVariation } from './spread.ts';

const CLIENTS = 300;

/** CPU of Nginx in each round, in nanoseconds. */
interface Cost {
  readonly message: readonly number[];
  readonly handshake: readonly number[];
}

const ROUNDS = 5;
const costCases = [
  { scenario: 'echo', params: { connections: 100, payloadBytes: 64, window: 1, instances: 3 } },
  { scenario: 'connect', params: { concurrency: 32, instances: 3 } },
] as const;

/** `pnpm bench balance`: the methods of an Nginx upstream, and what each does with connections that stay. */
export const balanceCommand: Command = {
  name: 'balance',
  usage: 'balance [--targets NAME] [--out DIR] [--json]',
  about: 'how the methods of an Nginx upstream spread connections over 3 instances',
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
    const costs = await addedCosts(target.name, interrupted);
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

/** CPU of Nginx for a message and for a handshake under each method, in rounds that are interleaved over the methods. */
async function addedCosts(target: string, interrupted: AbortSignal): Promise<Map<BalanceMethod, Cost>> {
  const lanes = balanceMethods.map((method) => {
    const config = benchConfig({ targets: target, routes: 'nginx', instances: '3', balance: method });
    return {
      method,
      config,
      arena: new Arena(config, pinning(config.pin), interrupted),
      trials: [] as Trial[],
    };
  });
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const one of costCases) {
        for (const { config, arena, trials } of lanes) {
          const measured = { ...one, target, route: 'nginx' as const };
          const trial = await measure(arena, config, config.targetList[0]!, measured, round, interrupted);
          if (trial.error !== undefined) throw new Error(trial.error);
          trials.push(trial);
        }
      }
    }
  } finally {
    await Promise.all(lanes.map(({ arena }) => arena.close(interrupted.aborted)));
  }
  return new Map(
    lanes.map(({ method, trials }) => [
      method,
      {
        message: samplesOf(trials, 'cpuPerMessageProxy'),
        handshake: samplesOf(trials, 'cpuPerHandshakeProxy'),
      },
    ]),
  );
}

function samplesOf(trials: readonly Trial[], metric: MetricName): number[] {
  return trials
    .flatMap((trial) => figuresOf(trial, histogramsOf(trial), true))
    .filter((figure) => figure.metric === metric)
    .map((figure) => figure.value);
}

function balanceTable(
  findings: readonly { readonly finding: BalanceFinding; readonly cost: Cost }[],
): string {
  const spread = (counts: readonly number[]) =>
    `${counts.join(' / ')} (${coefficientOfVariation(counts).toFixed(2)})`;
  const base = findings.find(({ finding }) => finding.method === 'round-robin')!.cost;
  const added = (samples: readonly number[], of: readonly number[]) => {
    const [lo, hi] = [Math.min(...samples), Math.max(...samples)].map((ns) => (ns / 1000).toFixed(1));
    return `${(median(samples) / 1000).toFixed(1)} µs [${lo}–${hi}] (${(median(samples) / median(of)).toFixed(2)}×)`;
  };
  const rows = findings.map(({ finding, cost }) => [
    finding.method,
    spread(finding.oneSubnet),
    spread(finding.manySubnets),
    `${Math.round(finding.sameInstance * 100)} %`,
    `${finding.death.returned} of ${finding.death.cut} → ${finding.death.spread.join(' / ')}`,
    String(finding.cutByReload),
    added(cost.message, base.message),
    added(cost.handshake, base.handshake),
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
