// `pnpm test`: type check, lint and the tests of every package, then one list of why tests were skipped.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gathered, SKIPPED_FILE, skippedList } from './skipped.ts';

const folder = mkdtempSync(join(tmpdir(), 'ws-arena-test-'));
const file = join(folder, 'skipped');
const tasks = ['run', 'typecheck', 'lint', 'test', '--env-mode=loose', ...process.argv.slice(2)];
const turbo = spawn('turbo', tasks, { stdio: 'inherit', env: { ...process.env, [SKIPPED_FILE]: file } });
// An interrupt reaches turbo as well, and its end is waited for.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => turbo.kill(signal));
const [code] = (await once(turbo, 'exit')) as [number | null];
process.stdout.write(skippedList(gathered(file)));
rmSync(folder, { recursive: true });
process.exitCode = code ?? 1;
