import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Bench, folder, hasProc, runIn } from './testing/bench-process.ts';

test('mixed: echoes are measured alone and beside each neighbour, and both generators end', async () => {
  const out = folder();
  const words = ['--preset', 'smoke', '--scenarios', 'mixed', '--routes', 'direct', '--targets', 'ws'];
  const bench = new Bench([...words, '--out', out]);
  expect(await bench.ended(), bench.stderr).toBe(0);
  const { header, slices } = runIn(out);
  expect(header.cases.map(({ params }) => params.neighbour)).toEqual([
    ...['none', 'broadcast', 'large', 'handshakes', 'none', 'deflate'],
  ]);
  expect(slices.filter(({ error }) => error)).toEqual([]);
  expect(new Set(slices.map((line) => line.case))).toEqual(new Set(header.cases.keys()));
  for (const { load } of slices) expect(load!.delivered).toBe(load!.sent);
  expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain('What a neighbour costs');
  if (hasProc) expect(bench.processes()).toEqual([]);
});
