import { expect, test } from 'vitest';
import { balancedOrders } from './shuffled.ts';

test('of any two targets each goes first in exactly half of the blocks', () => {
  const next = balancedOrders<string>(Math.random);
  const first = new Map<string, number>();
  for (let block = 0; block < 40; block += 1) {
    const order = next(['a', 'b', 'c']);
    expect([...order].sort()).toEqual(['a', 'b', 'c']);
    for (const [x, y] of [
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'c'],
    ] as const) {
      if (order.indexOf(x) < order.indexOf(y)) first.set(x + y, (first.get(x + y) ?? 0) + 1);
    }
  }
  expect(Object.fromEntries(first)).toEqual({ ab: 20, ac: 20, bc: 20 });
});

test('every order is drawn', () => {
  const seen = new Set<string>();
  const next = balancedOrders<string>(Math.random);
  for (let block = 0; block < 400; block += 1) seen.add(next(['a', 'b', 'c']).join(''));
  expect(seen.size).toBe(6);
});

test('a target that has dropped out is in no later order', () => {
  const next = balancedOrders<string>(Math.random);
  next(['a', 'b', 'c']);
  expect([...next(['a', 'b'])].sort()).toEqual(['a', 'b']);
});
