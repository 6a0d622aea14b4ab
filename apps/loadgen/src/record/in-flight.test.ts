import { expect, test } from 'vitest';
import { InFlight } from './in-flight.ts';

test('first in, first out, also when it grows while it has wrapped round', () => {
  const queue = new InFlight();
  let pushed = 0;
  let shifted = 0;
  const push = (count: number) => {
    for (let i = 0; i < count; i++) queue.push(pushed++, pushed + 0.5);
  };
  const shift = (count: number) => {
    for (let i = 0; i < count; i++) {
      expect([queue.intendedNs, queue.actualNs]).toEqual([shifted, shifted + 1.5]);
      queue.shift();
      shifted++;
    }
  };
  push(10);
  shift(9);
  push(100);
  shift(50);
  push(500);
  shift(551);
  expect(queue.isEmpty).toBe(true);
});
