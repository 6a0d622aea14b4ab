import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AutobahnUnavailable, autobahnSuite } from './autobahn-suite.ts';
import { autobahnTargets, outcomesOf, recorded, runAutobahn } from './run-autobahn.ts';

const ws = autobahnTargets.find(({ name }) => name === 'ws')!;

function scratch(): string {
  const dir = mkdtempSync(join(tmpdir(), 'autobahn-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

const fakePython = join(import.meta.dirname, 'testing/fake-python.ts');

test('the outcomes are read from the index.json that the suite wrote, in the order of its numbers', () => {
  const index = readFileSync(join(import.meta.dirname, 'testdata/index.json'), 'utf8');
  expect(Object.entries(outcomesOf(index, 'uws'))).toEqual([
    ['1.1.1', 'OK'],
    ['2.5', 'OK'],
    ['5.15', 'NON-STRICT'],
    ['7.1.6', 'INFORMATIONAL'],
    ['13.3.1', 'OK'],
  ]);
  expect(outcomesOf(index, 'gorilla')).toMatchObject({ '6.3.1': 'FAILED, closing FAILED' });
});

describe('with a stand-in for Python and the suite', () => {
  test('a server is started for the suite, and its report is read', async () => {
    const suite = await autobahnSuite(fakePython);
    expect(suite.version).toBe('25.10.1');
    const outDir = join(scratch(), 'ws');
    const outcomes = await runAutobahn(suite, ws, { cases: ['1.1.10', '1.1.9'], outDir });
    expect(Object.entries(outcomes)).toEqual([
      ['1.1.9', 'OK'],
      ['1.1.10', 'OK'],
    ]);
  });

  test('a suite that fails is told with what it said', async () => {
    const run = { cases: ['0.0.0'], outDir: join(scratch(), 'ws') };
    await expect(runAutobahn(await autobahnSuite(fakePython), ws, run)).rejects.toThrow(
      /^the Autobahn test suite ended with 1: .*there is no case 0\.0\.0/s,
    );
  });
});

test('without a Python 2.7 it is said what is missing', async () => {
  await expect(autobahnSuite('/nowhere/python2.7')).rejects.toThrow(
    new AutobahnUnavailable(
      'the Autobahn test suite needs Python 2.7, and there is none at /nowhere/python2.7',
    ),
  );
});

test.for(autobahnTargets)(
  'every case is recorded of $name (else: pnpm --filter @ws-arena/contract autobahn $name)',
  ({ name }, { skip }) => {
    const cases = Object.keys(recorded(name)).length;
    if (cases === 0) skip(`Autobahn's cases on ${name}: not recorded yet; \`autobahn ${name}\` does it`);
    expect(cases).toBe(517);
  },
);

// Its outcomes are for the command: the suite gives a server one second, and a test must not depend on speed.
test('the real suite, where it is installed, runs the cases that it is given', async ({ skip }) => {
  const suite = await autobahnSuite(undefined, false).catch((error: unknown) => {
    if (error instanceof AutobahnUnavailable) skip(`the Autobahn test suite: ${error.message}`);
    throw error;
  });
  const outcomes = await runAutobahn(suite, ws, { cases: ['1.1.1', '1.2.1'], outDir: scratch() });
  expect(Object.keys(outcomes)).toEqual(['1.1.1', '1.2.1']);
});
