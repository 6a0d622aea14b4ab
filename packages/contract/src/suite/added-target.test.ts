import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { repoRoot } from '../repo-root.ts';
import { recorded } from '../rfc/recorded.ts';
import { type Target, targetNamed, targets } from '../targets.ts';
import { prove, type RowOutcome } from './prove.ts';
import { provenTargets, rfcTargets } from './proven-targets.ts';

/** A row as docs/adding-a-target.md has it added: one folder with the process, one entry of the table. */
function added(ready: string): Target {
  const entry = join(mkdtempSync(join(tmpdir(), 'added-server-')), 'main.ts');
  const at = (path: string) => JSON.stringify(pathToFileURL(`${repoRoot}${path}`).href);
  writeFileSync(
    entry,
    `import { runProcess } from ${at('packages/lifecycle/src/process.ts')};
import { startServer } from ${at('apps/ws-server/src/server.ts')};
await runProcess({ target: '${ready}', library: () => Promise.resolve(), start: startServer });`,
  );
  const { capabilities } = targetNamed('ws')!;
  const launch = { kind: 'node', entry } as const;
  return { name: 'added', library: 'ws', language: 'TypeScript', kind: 'variant', launch, capabilities };
}

async function outcomesOf(target: Target, rows: string): Promise<RowOutcome[]> {
  const outcomes: RowOutcome[] = [];
  await prove(target, (outcome) => outcomes.push(outcome), rows);
  return outcomes;
}

const failed = (outcomes: readonly RowOutcome[]) =>
  outcomes.filter(({ outcome, expected }) => outcome !== expected).map(({ row }) => row.name);

test('a row is proven by its folder and its entry', async () => {
  const outcomes = [
    ...(await outcomesOf(added('added'), 'ready line')),
    ...(await outcomesOf(added('added'), 'GET /healthz')),
  ];
  expect(outcomes.length).toBe(2);
  expect(failed(outcomes)).toEqual([]);
}, 120_000);

test('one that breaks the contract fails', async () => {
  expect(failed(await outcomesOf(added('other'), 'ready line')).length).toBe(1);
}, 120_000);

test('the suite runs on every row of the table', () => {
  const kept = targets.filter(({ kind }) => kind !== 'bare').map(({ name }) => name);
  expect(provenTargets.map(({ name }) => name)).toEqual(kept);
  // No row escapes by calling itself bare: that is a reference without its contract, in a file of that name.
  for (const { launch } of targets.filter(({ kind }) => kind === 'bare'))
    expect(launch).toMatchObject({ entry: expect.stringMatching(/\/bare\.ts$/) });
  for (const { name } of rfcTargets) expect(Object.keys(recorded(name)), name).not.toEqual([]);
});
