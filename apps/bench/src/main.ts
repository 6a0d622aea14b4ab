// `pnpm bench`: the only place of this program that prints results or exits.
import { ConfigError } from '@ws-arena/config/config-error';
import { AutobahnUnavailable } from '@ws-arena/contract/autobahn/autobahn-suite';
import { TargetUnavailable } from '@ws-arena/contract/target-unavailable';
import { NginxUnavailable } from '@ws-arena/infra/nginx-binary';
import { wrap } from '@ws-arena/report/terminal-text';
import { RunFileError } from '@ws-arena/results/run-file';
import { optionHelp, parseOptions } from './plan/options.ts';
import { presets } from './plan/presets.ts';
import { UsageError } from './plan/usage-error.ts';
import { GeneratorError } from './processes/generator.ts';
import { FolderError } from './store/run-folder.ts';
import { terminalOptions } from './terminal-options.ts';

const argv = process.argv.slice(2).filter((word, i) => !(i === 0 && word === '--'));
/** 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130;
/** Failures whose message says all: what cannot be read, and what this machine does not have. */
const oneSentence = [
  RunFileError,
  FolderError,
  GeneratorError,
  NginxUnavailable,
  TargetUnavailable,
  AutobahnUnavailable,
];
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort(new Error('interrupted')));
process.once('SIGTERM', () => interruption.abort(new Error('terminated')));
// A reader that has seen enough, such as head, is no failure, and no reason to end a run.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  process.exitCode = await main();
  // What still runs belongs to an interrupted measurement, and ends with this process.
  if (interruption.signal.aborted) process.exit(INTERRUPTED);
} catch (error) {
  if (interruption.signal.aborted) {
    process.stderr.write('interrupted before anything was measured\n');
    process.exit(INTERRUPTED);
  }
  const wrongUsage = error instanceof UsageError || error instanceof ConfigError;
  const known = wrongUsage || oneSentence.some((kind) => error instanceof kind);
  process.stderr.write(`${known ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
  process.exitCode = wrongUsage ? 2 : 1;
}

async function main(): Promise<number> {
  const [first = ''] = argv;
  if (argv.includes('--help') || first === 'help') return print(await help());
  if (first !== '' && !first.startsWith('-')) {
    const { commandNamed } = await import('./commands/commands.ts');
    return (await commandNamed(first)).run(argv.slice(1), interruption.signal);
  }
  // A wrong option is answered before what measures and reports is loaded, which takes a second.
  parseOptions(argv);
  const [{ run }, { renderTerminal }] = await Promise.all([
    import('./run.ts'),
    import('@ws-arena/report/terminal'),
  ]);
  const { folder, report, failed, interrupted, elapsedMs } = await run(argv, interruption.signal);
  print(argv.includes('--json') ? JSON.stringify(report) : renderTerminal(report, terminalOptions()));
  const took = `${Math.round(elapsedMs / 1000)} s`;
  const path = `${folder.path}/report.html`;
  if (interrupted)
    process.stderr.write(`interrupted after ${took}; go on with: pnpm bench --resume ${folder.path}\n`);
  else process.stderr.write(`the run took ${took}; the report: ${path}\n`);
  if (failed > 0) process.stderr.write(`${failed} of the measurements failed; the report says which\n`);
  if (interrupted) return INTERRUPTED;
  if (report.cells.length === 0) process.stderr.write('nothing was measured\n');
  return failed > 0 || report.cells.length === 0 ? 1 : 0;
}

function print(text: string): number {
  process.stdout.write(`${text.trimEnd()}\n`);
  return 0;
}

async function help(): Promise<string> {
  const [{ allCommands }, { targets }, { scenarios }] = await Promise.all([
    import('./commands/commands.ts'),
    import('@ws-arena/contract/targets'),
    import('@ws-arena/results/trial'),
  ]);
  const commands = await allCommands();
  const row = (name: string, about: string) => `  ${name.padEnd(14)} ${about}`;
  return [
    'pnpm bench [OPTIONS]         measure, and write the reports to runs/latest',
    'pnpm bench COMMAND [ARGS]    run one of the commands below',
    '',
    'commands',
    ...commands.flatMap(({ usage, about }) => [`  ${usage}`, `      ${about}`]),
    '',
    'presets',
    ...Object.entries(presets).map(([name, { about }]) => row(name, about)),
    '',
    ...wrap(targets.map(({ name }) => name).join(', '), 77, 'targets    ', ' '.repeat(11)),
    ...wrap(scenarios.join(', '), 77, 'scenarios  ', ' '.repeat(11)),
    'metrics    pnpm bench list metrics',
    '',
    'options',
    optionHelp(),
  ].join('\n');
}
