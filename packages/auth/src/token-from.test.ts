import { expect, test } from 'vitest';
import { tokenFrom } from './token-from.ts';

const long = `${'a'.repeat(8188)}.b.c`;

test.each([
  ['Bearer a.b.c', undefined, 'a.b.c'],
  ['bearer   a.b.c ', undefined, 'a.b.c'],
  [undefined, 'bearer, a.b.c', 'a.b.c'],
  [undefined, ' Bearer ,a.b.c', 'a.b.c'],
  ['Bearer a.b.c', 'bearer, d.e.f', 'a.b.c'],
  ['Basic YTpi', 'bearer, d.e.f', 'd.e.f'],
  [`Bearer ${long}`, undefined, long],
  [`Bearer a${long}`, undefined, undefined],
  [undefined, undefined, undefined],
  ['a.b.c', undefined, undefined],
  ['Bearera.b.c', undefined, undefined],
  ['Bearer a.b', undefined, undefined],
  ['Bearer a.b.c.d', undefined, undefined],
  ['Bearer a.b.', undefined, undefined],
  ['Bearer a.b.c=', undefined, undefined],
  ['Bearer a.b.c d', undefined, undefined],
  ['Bearer a.b+.c', undefined, undefined],
  [undefined, 'chat, a.b.c', undefined],
  [undefined, 'bearer', undefined],
  [undefined, 'bearer, a.b.c, chat', undefined],
])('case %$', (authorization, protocols, token) => {
  expect(tokenFrom(authorization, protocols)).toBe(token);
});
