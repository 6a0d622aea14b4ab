import { expect, test } from 'vitest';
import { closeCodeLabel } from './close-code-label.ts';

test.each([
  [1000, '1000'],
  [1004, 'other'],
  [1006, '1006'],
  [1014, '1014'],
  [1015, 'other'],
  [2999, 'other'],
  [3000, '3000'],
  [3001, '3xxx'],
  [3999, '3xxx'],
  [4000, '4xxx'],
  [4999, '4xxx'],
  [5000, 'other'],
  [65_535, 'other'],
])('code %i counts as %s', (code, label) => {
  expect(closeCodeLabel(code)).toBe(label);
});

test('whatever clients choose, the series stay few', () => {
  const labels = new Set(Array.from({ length: 65_536 }, (_, code) => closeCodeLabel(code)));
  expect(labels.size).toBe(20);
});
