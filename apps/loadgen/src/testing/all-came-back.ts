import type { LoadResult } from '@ws-arena/load/load-result';
import { expect } from 'vitest';

/**
 * Proves that everything that was sent came back as it was, once and in order. How many of the offered messages were sent
 * depends on how busy the machine is, so one is enough; that sent is less than offered is for `behind-schedule`.
 */
export function expectAllCameBack({ messages }: LoadResult, offered: number): void {
  const { sent } = messages;
  expect(messages.offered).toBe(offered);
  expect(sent).toBeGreaterThan(0);
  expect(messages).toEqual({
    offered,
    sent,
    expected: sent,
    delivered: sent,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    corrupted: 0,
  });
}
