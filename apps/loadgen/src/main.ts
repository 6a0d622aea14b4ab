import { UsageError } from './cli/usage-error.ts';

/** `--serve` takes jobs as lines of JSON on stdin (the runner's way in); anything else is the tool for people. */
const argv = process.argv.slice(2);

try {
  if (argv.includes('--serve')) {
    const { serve } = await import('./processes/serve.ts');
    await serve();
  } else {
    const { runCli } = await import('./cli/cli.ts');
    process.exitCode = await runCli(argv, {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
      isTty: process.stderr.isTTY === true,
      onInterrupt: (listener) => process.once('SIGINT', listener).once('SIGTERM', listener),
    });
  }
} catch (error) {
  process.stderr.write(`loadgen: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
// A connection to a Redis that is away may still try to come back.
process.stdout.write('', () => process.exit());
