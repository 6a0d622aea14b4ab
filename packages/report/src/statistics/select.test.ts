import { expect, test } from 'vitest';
import { seededRandom } from './random.ts';
import { select } from './select.ts';

test.each([
  ['all different', 1000, 1e9],
  ['many alike', 1000, 7],
  ['all alike', 50, 1],
  ['one', 1, 5],
])('the same as sorting: %s', (_what, size, kinds) => {
  const random = seededRandom(size + kinds);
  const values = Float64Array.from({ length: size }, () => Math.floor(random() * kinds));
  const sorted = values.slice().sort();
  for (const index of [0, Math.floor(size / 40), size >> 1, size - 1]) {
    expect(select(values.slice(), index)).toBe(sorted[index]);
  }
  expect(values.slice().sort()).toEqual(sorted);
});
