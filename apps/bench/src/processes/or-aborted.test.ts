import { expect, test } from 'vitest';
import { orAborted } from './or-aborted.ts';

const never = new Promise<number>(() => {});

test('what comes first counts', async () => {
  const { signal } = new AbortController();
  expect(await orAborted(Promise.resolve(1), signal)).toBe(1);
  await expect(orAborted(Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed');
});

test('an abort ends the wait, before it and within it', async () => {
  const controller = new AbortController();
  const waiting = orAborted(never, controller.signal);
  controller.abort(new Error('interrupted'));
  await expect(waiting).rejects.toThrow('interrupted');
  await expect(orAborted(never, controller.signal)).rejects.toThrow('interrupted');
});
