import { expect, test } from 'vitest';
import { cpusIn, pinning } from './pinning.ts';

test.each([
  ['0', 'not pinned: there is one core', undefined, undefined, undefined],
  ['0-1', 'server and proxy on CPU 0, generator on CPU 1', '0', '0', '1'],
  ['0-2', 'server and proxy on CPU 0, generator on CPU 1', '0', '0', '1'],
  ['0-7', 'server on CPU 0, proxy on CPU 1, generator on CPU 2-7', '0', '1', '2-7'],
  ['6-7', 'server and proxy on CPU 6, generator on CPU 7', '6', '6', '7'],
  ['1,3,8-9,12', 'server on CPU 1, proxy on CPU 3, generator on CPU 8,9,12', '1', '3', '8,9,12'],
])('on the CPUs %s: %s', (list, sentence, server, proxy, generator) => {
  const pins = pinning(true, cpusIn(list), true);
  expect(pins.sentence).toBe(sentence);
  expect([pins.server, pins.proxy, pins.generator]).toEqual([server, proxy, generator]);
});

test.each([
  [true, false, 'not pinned: taskset (util-linux) is not installed'],
  [false, true, 'not pinned (--no-pin)'],
])('wanted %s with taskset %s: %s, and no command is changed', (wanted, taskset, sentence) => {
  expect(pinning(wanted, cpusIn('0-7'), taskset)).toEqual({ sentence });
});
