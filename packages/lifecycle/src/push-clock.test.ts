import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { notification, PushClock } from './push-clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const workload = { kind: 'push', topic: 'push/50/0', periodMs: 50, bytes: 0 } as const;

test('one timer for all members, from the first to the last', () => {
  const sent: string[] = [];
  const clock = new PushClock((topic, text) => sent.push(`${topic} ${JSON.parse(text).seq}`));
  clock.join(workload);
  clock.join(workload);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(100);
  clock.leave(workload);
  vi.advanceTimersByTime(50);
  expect(sent).toEqual(['push/50/0 0', 'push/50/0 1', 'push/50/0 2']);
  clock.leave(workload);
  expect(vi.getTimerCount()).toBe(0);
  clock.leave(workload);
});

test('a draining server pushes nothing more', () => {
  const clock = new PushClock(() => {});
  clock.join(workload);
  clock.join({ ...workload, topic: 'push/60/0', periodMs: 60 });
  clock.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  [0, 32],
  [32, 32],
  [33, 41],
  [41, 41],
  [42, 42],
  [1000, 1000],
])('a notification asked to be %i bytes long is %i', (bytes, length) => {
  const text = notification(7, 1_700_000_000_000, bytes);
  expect(JSON.parse(text)).toMatchObject({ seq: 7, sentAt: 1_700_000_000_000 });
  expect(text).toHaveLength(length);
});
