import { appendFileSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { SliceLine } from '@ws-arena/results/slice-line';
import { expect, test } from 'vitest';
import { FolderError, RunFolder } from './run-folder.ts';

const scratch = () => mkdtempSync(join(tmpdir(), 'run-folder-'));
const slice = (block: number): SliceLine => ({ type: 'slice', case: 0, block, atMs: block, error: 'none' });
const header =
  '{"type":"run","schemaVersion":2,"cases":[{"scenario":"load","target":"ws","route":"direct","params":{}}],"targets":[]}\n';

test('what is appended after a line that was cut short is not glued to it', () => {
  const dir = scratch();
  writeFileSync(join(dir, 'run.jsonl'), header);
  const folder = RunFolder.open(dir);
  folder.append(slice(0));
  appendFileSync(folder.runFile, '{"type":"slice","case":0,"blo');
  const resumed = RunFolder.open(dir);
  resumed.mend();
  resumed.append(slice(1));
  expect(resumed.read().slices.map(({ block }) => block)).toEqual([0, 1]);
  expect(resumed.read().problems).toEqual([]);
});

test('a run that comes to nothing leaves nothing', () => {
  const dir = join(scratch(), 'a', 'b');
  RunFolder.create(dir, new Date());
  expect(existsSync(dir)).toBe(false);
});

test('runs that begin in one second have folders of their own, and latest is the last', () => {
  const now = new Date('2001-02-03T04:05:06Z');
  const folders = [1, 2, 3].map(() => RunFolder.create(undefined, now, 'test'));
  try {
    for (const folder of folders) folder.append(slice(0));
    expect(new Set(folders.map(({ path }) => path)).size).toBe(3);
    expect(basename(folders[2]!.path)).toBe('2001-02-03T04-05-06-test-3');
  } finally {
    for (const { path } of folders) rmFolder(path);
  }
});

test('a folder that cannot be made is one sentence, before anything is measured', () => {
  const create = () => RunFolder.create('/dev/null/run', new Date());
  expect(create).toThrow(FolderError);
  expect(create).toThrow(/^cannot write to \/dev\/null\/run: a part of the path is no folder$/);
});

test.runIf(existsSync('/dev/full'))('a full disk is one sentence', () => {
  const dir = scratch();
  symlinkSync('/dev/full', join(dir, 'run.jsonl'));
  expect(() => RunFolder.open(dir).append(slice(0))).toThrow(`cannot write to ${dir}: the disk is full`);
});

function rmFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
