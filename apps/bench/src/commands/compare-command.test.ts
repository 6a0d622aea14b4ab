// What `pnpm bench compare` says by its exit code, on runs that are made up.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SampleOptions, sampleRun } from '@ws-arena/report/testdata/sample-run';
import { formatLine } from '@ws-arena/results/run-file';
import { expect, test, vi } from 'vitest';
import { compareCommand } from './report-commands.ts';

function folderOf(options: SampleOptions): string {
  const dir = mkdtempSync(join(tmpdir(), 'compare-'));
  const { header, slices, trials } = sampleRun({ scenarios: ['connect'], ...options });
  writeFileSync(join(dir, 'run.jsonl'), [header, ...slices, ...trials].map(formatLine).join(''));
  return dir;
}

const same = { seed: 2 };
const slower = { seed: 2, slowed: { uws: 1.3 } };
const few = { seed: 2, blocks: 4 };
const without = { seed: 2, targets: ['ws', 'uws'] };

test.each([
  ['no rule', slower, [], 0, ''],
  ['nothing is worse', same, ['worse'], 0, ''],
  ['something is worse', slower, ['worse'], 3, ''],
  ['nothing is decided', few, ['undecided'], 3, ''],
  [
    'nothing is decided, where only worse fails',
    few,
    ['worse'],
    1,
    /^nothing was decided: \d+ figures are undecided, and 0 cases are gone\n$/,
  ],
  ['a target is gone', without, ['missing'], 3, ''],
] as const)('%s', async (_, options, reasons, code, sentence) => {
  let said = '';
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    said += String(chunk);
    return true;
  });
  try {
    const failOn = reasons.length > 0 ? ['--fail-on', reasons.join(',')] : [];
    const argv = [folderOf({ seed: 1 }), folderOf(options), ...failOn];
    expect(await compareCommand.run(argv, new AbortController().signal)).toBe(code);
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
  expect(said).toMatch(sentence);
});
