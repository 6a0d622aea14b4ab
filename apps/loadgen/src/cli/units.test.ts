import { expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNs,
  parseDuration,
  parseNumber,
  parseSize,
} from './units.ts';
import { UsageError } from './usage-error.ts';

test.each([
  ['30s', 30_000],
  ['500ms', 500],
  ['1.5m', 90_000],
  ['250us', 0.25],
  ['2h', 7_200_000],
  ['0s', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text, '--duration')).toBeCloseTo(ms);
});

test.each(['30', '', 's', '-1s', '1 s', '30sec', '1e3s'])('%j is no duration', (text) => {
  expect(() => parseDuration(text, '--duration')).toThrow(UsageError);
  expect(() => parseDuration(text, '--duration')).toThrow(
    /--duration is ".*"; wanted: a duration such as 30s/,
  );
});

test.each([
  ['64', 64],
  ['4k', 4096],
  ['1MiB', 1_048_576],
  ['1MB', 1_000_000],
])('%s is %d bytes', (text, bytes) => {
  expect(parseSize(text, '--size')).toBe(bytes);
});

test.each(['', '4x', '-1', '1.5k', 'k'])('%j is no size', (text) => {
  expect(() => parseSize(text, '--size')).toThrow(/wanted: a size such as 64/);
});

test.each([
  ['5000', 5000],
  ['20k', 20_000],
  ['1.5M', 1_500_000],
  ['1_000', 1000],
  ['0', 0],
])('%s is %d', (text, value) => {
  expect(parseNumber(text, '--rate')).toBe(value);
});

test.each(['', '5/s', '-1', 'many', '0x10', 'Infinity'])('%j is no number', (text) => {
  expect(() => parseNumber(text, '--rate')).toThrow(/wanted: a number such as 5000/);
});

test('figures are printed with three digits and a unit that fits', () => {
  expect([0, 812, 20_500, 1_250_000, 3e9, 123.4e9].map(formatNs)).toEqual([
    '0 ns',
    '812 ns',
    '20.5 µs',
    '1.25 ms',
    '3.00 s',
    '123 s',
  ]);
  expect([0, 512, 1536, 20 * 2 ** 20, 5 * 2 ** 40].map(formatBytes)).toEqual([
    '0 B',
    '512 B',
    '1.50 KiB',
    '20.0 MiB',
    '5.00 TiB',
  ]);
  expect([0, 999, 5000, 1_234_567, 1.5, 1234.5].map(formatCount)).toEqual([
    '0',
    '999',
    '5,000',
    '1,234,567',
    '1.50',
    '1,235',
  ]);
  expect([30_000, 500, 1500].map(formatDuration)).toEqual(['30s', '500ms', '1.5s']);
});
