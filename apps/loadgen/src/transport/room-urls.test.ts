import { expect, test } from 'vitest';
import { roomUrls } from './room-urls.ts';

const short = (urls: readonly string[]) =>
  urls.map((url) => url.replace(/^ws:\/\/(\w).*=(?:loadgen-)?/, '$1'));

test.each([
  [['ws://a/'], 1, ['a0']],
  [['ws://a/'], 3, ['a0', 'a1', 'a2']],
  [['ws://a/', 'ws://b/'], 2, ['a0', 'b1', 'b0', 'a1']],
  [['ws://a/?room=x', 'ws://b/?room=y'], 5, ['ax', 'by']],
])('%j in %i rooms', (urls, rooms, seen) => {
  expect(short(roomUrls(urls, { rooms }))).toEqual(seen);
});

test('members of each room are spread over the URLs', () => {
  const urls = short(roomUrls(['ws://a/', 'ws://b/', 'ws://c/'], { rooms: 10 }));
  expect(new Set(urls).size).toBe(30);
  const counts = new Map<string, number>();
  for (let i = 0; i < 500; i += 1) {
    const [, room] = /(\d+)$/.exec(urls[i % urls.length]!)!;
    counts.set(room!, (counts.get(room!) ?? 0) + 1);
  }
  expect([...counts.values()]).toEqual(Array.from({ length: 10 }, () => 50));
});
