import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assertRows } from './assert-rows.ts';
import { expectedOutcomes, parityDoc, parityPath } from './parity-doc.ts';
import { redisRows } from './rows/redis.ts';
import { loadRows, rows } from './rows.ts';

// The rows of the contract that watch deadlines and answers; those with load are in contract-under-load.test.ts, and those
// that need a Redis are asserted by infra, which has one.
await assertRows(
  rows.filter((row) => !loadRows.includes(row) && !redisRows.includes(row)),
  8,
);

test('docs/parity.md says what is asserted', () => {
  expect(readFileSync(parityPath, 'utf8')).toBe(parityDoc(expectedOutcomes()));
});

test('no two rows share a name', () => {
  const names = rows.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
