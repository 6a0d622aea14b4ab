import { summarize } from '@ws-arena/report/summarize';
import { verdictCounts, verdictTable } from '@ws-arena/report/verdict-table';
import { parseOwnOptions } from '../plan/options.ts';
import { UsageError } from '../plan/usage-error.ts';
import { RunFolder } from '../store/run-folder.ts';
import type { Command } from './command.ts';
import { failOn } from './fail-on.ts';

/** `pnpm bench verdict`: what a run with --base found, for a pull request. */
export const verdictCommand: Command = {
  name: 'verdict',
  usage: 'verdict --run DIR --target NAME [--fail-on worse,undecided,missing]',
  about: 'compare a target with its base, as a Markdown table; exit 3 on what --fail-on names',
  run: async (argv) => {
    const { run, target, 'fail-on': list } = parseOwnOptions(argv, ['run', 'target', 'fail-on']);
    if (run === undefined || target === undefined)
      throw new UsageError('verdict needs a run and a target: --run DIR --target NAME');
    const exitCode = failOn(list);
    const report = summarize(RunFolder.open(run).read(), { baseline: `${target}-base` });
    process.stdout.write(verdictTable(report, target));
    return exitCode(verdictCounts(report, target));
  },
};
