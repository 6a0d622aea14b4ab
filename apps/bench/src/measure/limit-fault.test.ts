import type { LoadResult } from '@ws-arena/load/load-result';
import { expect, test } from 'vitest';
import { limitFault } from './limit-fault.ts';

const result = (limit: LoadResult['limit'], failed: Readonly<Record<string, number>> = {}) =>
  ({ connections: { asked: 1, opened: 1, failed }, limit }) as Partial<LoadResult> as LoadResult;

test.each([
  ['no search', result(undefined, { refused: 1 }), undefined],
  ['a limit', result({ largestBytes: 5, past: '1009' }), undefined],
  [
    'a mute server',
    result({ largestBytes: 0, past: 'nothing' }),
    'not even a message of 1 byte came back: nothing',
  ],
  [
    'a refused connection',
    result({ largestBytes: 5, past: '1009' }, { 'status 503': 1 }),
    'a connection of the search for the largest message did not open: status 503',
  ],
] as const)('%s', (_, found, sentence) => {
  expect(limitFault(found)).toBe(sentence);
});
