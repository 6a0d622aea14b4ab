import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';

test.each([
  [['--targets', 'ws', '--out', '/home/me/runs/x', '--seconds', '2'], 'pnpm bench --targets ws --seconds 2'],
  [['--out=/home/me/runs/x'], 'pnpm bench'],
  [['--routes', 'direct'], 'pnpm bench --routes direct'],
])('%j is kept without the folder of its files', (argv, line) => {
  expect(commandLine('pnpm bench', argv)).toBe(line);
});
