import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { siteCommand } from './site-command.ts';

test('a folder that the command did not make is left as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ws-arena-site-'));
  try {
    writeFileSync(join(folder, 'mine.txt'), '');
    const made = siteCommand.run(['--out', folder], new AbortController().signal);
    await expect(made).rejects.toThrow(/exists and was not made by this command/);
    expect(readdirSync(folder)).toEqual(['mine.txt']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
