import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

async function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [main, ...args]);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk) => {
      said[name] += chunk;
    });
  const [code] = await once(child, 'close');
  return { code, ...said };
}

/** A checkout whose server leaves a mark where it was started. */
function checkout(folder: string): string {
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'server.mjs'),
    `import { writeFileSync } from 'node:fs';
import { WebSocketServer } from ${JSON.stringify(import.meta.resolve('ws'))};
writeFileSync('started', '');
new WebSocketServer({ port: Number(process.env.PORT), host: '127.0.0.1' }).on('connection', (peer) =>
  peer.on('message', (data, binary) => peer.send(data, { binary })));`,
  );
  return folder;
}

test('a server is measured against another checkout of it, and the verdict is a table and an exit code', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'base-'));
  const [head, base] = [checkout(join(folder, 'head')), checkout(join(folder, 'base'))];
  const config = join(head, 'arena.config.ts');
  writeFileSync(
    config,
    `export default { targets: { mine: { command: ['${process.execPath}', 'server.mjs'], url: 'ws://127.0.0.1:{port}/' } } }`,
  );
  const run = join(folder, 'run');
  const both = ['--config', config, '--base', base, '--targets', 'mine-base,mine'];
  const short = ['--preset', 'smoke', '--scenarios', 'echo', '--routes', 'direct', '--connections', '10'];
  const measured = await bench(...both, ...short, '--out', run);
  expect(measured.code, measured.stderr).toBe(0);
  expect([head, base].map((at) => existsSync(join(at, 'started')))).toEqual([true, true]);
  const [comparison] = JSON.parse(readFileSync(join(run, 'report.json'), 'utf8')).comparisons;
  expect(comparison).toMatchObject({ baseline: 'mine-base', target: 'mine' });

  const told = await bench('verdict', '--run', run, '--target', 'mine', '--fail-on', 'missing');
  expect(told.stdout).toMatch(/^\| case +\| figure +\| base +\| this +\| ratio/);
  expect(told.stdout).toContain('Echo, closed loop, direct');
  expect(told.code, told.stderr).toBe(0);
  const none = await bench('verdict', '--run', run, '--target', 'other', '--fail-on', 'missing');
  expect([none.code, none.stdout]).toEqual([3, 'Nothing was compared.\n']);
  expect((await bench('verdict', '--run', run)).code).toBe(2);
}, 180_000);
