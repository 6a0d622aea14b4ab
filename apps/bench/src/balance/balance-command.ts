import { targetNamed } from '@ws-arena/contract/targets';
import { type BalanceMethod, balanceMethods } from '@ws-arena/infra/balance-method';
import { figuresOf, histogramsOf } from '@ws-arena/report/figures';
import type { Trial } from '@ws-arena/results/trial';
import { Arena } from '../arena.ts';
import { benchConfig } from '../bench-config.ts';
import type { Command } from '../commands/command.ts';
import { parseOptions } from '../options.ts';
import { pinning } from '../pinning.ts';
import { RunFolder } from '../run-folder.ts';
import { measure } from '../trial.ts';
import { type BalanceFinding, balanceExperiment } from './balance-experiment.ts';
import { coefficientOfVariation } from './spread.ts';

const CLIENTS = 300;

interface Cost {
  readonly proxyNsPerMessage: number;
  readonly proxyNsPerHandshake: number;
}

/** `pnpm bench balance`: the methods of an Nginx upstream, and what each does with connections that stay. */
export const balanceCommand: Command = {
  name: 'balance',
  usage: 'balance [--targets NAME] [--out DIR] [--json]',
  about: 'how the methods of an Nginx upstream spread connections over 3 instances',
  run: async (argv, interrupted) => {
    const given = parseOptions(argv);
    const target = benchConfig({ targets: 'ws', ...given }).targetList[0]!;
    const findings: { readonly finding: BalanceFinding; readonly cost: Cost }[] = [];
    for (const method of balanceMethods) {
      process.stderr.write(`${method}\n`);
      const finding = await balanceExperiment(
        targetNamed(target.name) ?? target,
        method,
        CLIENTS,
        interrupted,
      );
      findings.push({ finding, cost: await addedCost(target.name, method, interrupted) });
    }
    const folder = RunFolder.create(
      typeof given.out === 'string' ? given.out : undefined,
      new Date(),
      'balance',
    );
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

/** CPU of Nginx for a message and for a handshake under this method, medians of three rounds. */
async function addedCost(target: string, method: BalanceMethod, interrupted: AbortSignal): Promise<Cost> {
  const config = benchConfig({
    targets: target,
    routes: 'nginx',
    instances: '3',
    balance: method,
    windows: '1',
  });
  const arena = new Arena(config, pinning(config.pin));
  const trials: Trial[] = [];
  const cases = [
    { scenario: 'echo', params: { connections: 100, payloadBytes: 64, window: 1, instances: 3 } },
    { scenario: 'connect', params: { concurrency: config.concurrency, instances: 3 } },
  ] as const;
  try {
    for (let round = 0; round < 3; round += 1) {
      for (const one of cases) {
        trials.push(
          await measure(
            arena,
            config,
            config.targetList[0]!,
            { ...one, target, route: 'nginx' },
            round,
            interrupted,
          ),
        );
      }
    }
  } finally {
    await arena.close(interrupted.aborted);
  }
  const cost = (scenario: string, metric: string) =>
    median(
      trials
        .filter((trial) => trial.case.scenario === scenario)
        .flatMap((trial) =>
          figuresOf(trial, histogramsOf(trial), true).filter((figure) => figure.metric === metric),
        )
        .map((figure) => figure.value),
    );
  return {
    proxyNsPerMessage: cost('echo', 'proxyCpuPerMessage'),
    proxyNsPerHandshake: cost('connect', 'proxyCpuPerHandshake'),
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function balanceTable(
  findings: readonly { readonly finding: BalanceFinding; readonly cost: Cost }[],
): string {
  const spread = (counts: readonly number[]) =>
    `${counts.join(' / ')} (${coefficientOfVariation(counts).toFixed(2)})`;
  const base = findings.find(({ finding }) => finding.method === 'round-robin')!.cost;
  const ratio = (cost: number, of: number) => `${(cost / 1000).toFixed(1)} µs (${(cost / of).toFixed(2)}×)`;
  const rows = findings.map(({ finding, cost }) => [
    finding.method,
    spread(finding.oneSubnet),
    spread(finding.manySubnets),
    `${Math.round(finding.sameInstance * 100)} %`,
    `${finding.death.returned} of ${finding.death.cut} → ${finding.death.spread.join(' / ')}`,
    String(finding.cutByReload),
    ratio(cost.proxyNsPerMessage, base.proxyNsPerMessage),
    ratio(cost.proxyNsPerHandshake, base.proxyNsPerHandshake),
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
  return `${[head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`;
}
