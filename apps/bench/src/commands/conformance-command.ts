import { robustnessText } from '@ws-arena/report/robustness';
import { RUN_SCHEMA_VERSION } from '@ws-arena/results/run-file';
import { benchConfig } from '../plan/bench-config.ts';
import { parseOptions } from '../plan/options.ts';
import { pinning } from '../processes/pinning.ts';
import { commandLine, withoutFolder } from '../store/command-line.ts';
import { appendConformance } from '../store/conformance.ts';
import { environment } from '../store/environment.ts';
import { RunFolder } from '../store/run-folder.ts';
import { writeReports } from '../store/write-reports.ts';
import { autobahn } from './autobahn.ts';
import type { Command } from './command.ts';

/** `pnpm bench conformance`: the wire cases of RFC 6455 and RFC 7692 on every target. */
export const conformanceCommand: Command = {
  name: 'conformance',
  usage:
    'conformance [--targets LIST] [--out DIR] [--json] | conformance --autobahn [--python PATH] [--targets LIST] [--out DIR]',
  about:
    'run the wire cases of RFC 6455 and RFC 7692, or the Autobahn test suite (needs Python 2.7), on every target',
  run: async (argv, interrupted) => {
    if (argv.includes('--autobahn')) {
      return autobahn(
        argv.filter((word) => word !== '--autobahn'),
        interrupted,
      );
    }
    const given = parseOptions(argv, ['targets', 'out', 'json']);
    const config = benchConfig({ ...given, preset: 'smoke' });
    const folder = RunFolder.create(
      typeof given.out === 'string' ? given.out : undefined,
      new Date(),
      'conformance',
    );
    folder.append({
      type: 'run',
      schemaVersion: RUN_SCHEMA_VERSION,
      command: commandLine('pnpm bench conformance', argv),
      argv: withoutFolder(argv),
      preset: 'conformance',
      startedAt: new Date().toISOString(),
      environment: await environment(config, pinning(false)),
      targets: [],
      cases: [],
      rounds: 0,
      precision: { halfWidth: config.halfWidth, p99BoundMs: config.p99BoundMs },
    });
    for (const target of await appendConformance(folder, config.targetList, interrupted)) {
      folder.append({ type: 'target', target });
    }
    const report = writeReports(folder);
    process.stdout.write(
      given.json ? `${JSON.stringify(report.conformance)}\n` : `${conformanceTable(report)}\n`,
    );
    process.stderr.write(`the report: ${folder.path}/report.html\n`);
    return report.targets.every((target) => target.available) ? 0 : 1;
  },
};

function conformanceTable({ conformance: lines, needs, targets }: ReturnType<typeof writeReports>): string {
  const rows = needs.find(({ id }) => id === 'robustness')?.rows ?? [];
  return targets
    .map(({ name, reason }) => {
      const estimate = rows.find((row) => row.target === name)?.estimate;
      if (!estimate) return `${name}: ${reason}`;
      const failed = lines.filter((line) => line.target === name && line.verdict === 'failed');
      const byRule = [...Map.groupBy(failed, ({ rule }) => rule)].map(
        ([rule, own]) =>
          `\n  ${rule}${own.map((line) => `\n    ${line.name}: wanted ${line.expected}, saw ${line.outcome}`).join('')}`,
      );
      return `${name}: of ${estimate.n} rules of the RFCs ${robustnessText(estimate)}${byRule.join('')}`;
    })
    .join('\n');
}
