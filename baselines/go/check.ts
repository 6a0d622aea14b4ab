// What `pnpm test` proves of the Go module: gofmt, go vet, go test. Without a Go toolchain it says so and passes,
// since every other row runs without one.
import { spawnSync } from 'node:child_process';
import { tellSkipped } from '../../scripts/skipped.ts';

const cwd = import.meta.dirname;

function go(command: string, ...args: string[]): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  const output = `${stdout ?? ''}${stderr ?? ''}`;
  if (error || status !== 0) {
    console.error(`${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}\n${output}`);
    process.exit(1);
  }
  return output;
}

if (spawnSync('go', ['version']).status !== 0) {
  tellSkipped(['the Go module: it needs a Go toolchain (go 1.26 or later), and none is in the PATH']);
} else {
  const unformatted = go('gofmt', '-l', '.');
  if (unformatted) {
    console.error(`not as gofmt writes them:\n${unformatted}`);
    process.exit(1);
  }
  go('go', 'vet', './...');
  // -count=1: what packages/config says is read through node, where Go's test cache cannot see it change.
  const race = go('go', 'env', 'CGO_ENABLED').trim() === '1';
  if (!race) tellSkipped(['data races in the Go module: they need a C compiler, and none is here']);
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    tellSkipped([
      'Redis in the Go module: no redis-server is in the PATH; the rows of the contract fetch one',
    ]);
  }
  console.log(go('go', 'test', '-count=1', ...(race ? ['-race'] : []), './...'));
}
