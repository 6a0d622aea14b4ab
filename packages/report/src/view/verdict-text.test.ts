import { expect, test } from 'vitest';
import { capacityText } from './verdict-text.ts';

test.each([
  [40_000, 80_000, '40k–80k/s'],
  [80_000, null, '≥ 80k/s'],
  [0, 5000, '< 5k/s'],
  [0, null, 'undecided'],
])('kept %s, broke at %s: %s', (center, hi, text) => {
  expect(capacityText({ center, hi })).toBe(text);
});
