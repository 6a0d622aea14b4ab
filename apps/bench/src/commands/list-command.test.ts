import { targets } from '@ws-arena/contract/targets';
import { metrics } from '@ws-arena/report/metrics';
import { scenarios } from '@ws-arena/results/trial';
import { expect, test, vi } from 'vitest';
import { UsageError } from '../plan/usage-error.ts';
import { listCommand } from './list-command.ts';

async function listed(...argv: readonly string[]): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    expect(await listCommand.run(argv, new AbortController().signal)).toBe(0);
  } finally {
    write.mockRestore();
  }
  return text;
}

test('every target, scenario and metric has a line', async () => {
  const text = await listed();
  for (const name of [...targets.map((one) => one.name), ...scenarios, ...Object.keys(metrics)])
    expect(text).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
});

test('one list alone, and no other word', async () => {
  const text = await listed('routes');
  expect(text).toMatch(/^routes\n {2}direct/);
  expect(text).not.toContain('metrics');
  await expect(listed('dance')).rejects.toThrow(UsageError);
});
