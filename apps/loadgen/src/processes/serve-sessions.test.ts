import type { LoadEvent } from '@ws-arena/load/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { hour, names, serving } from '../testing/served.ts';
import { cleanUp } from '../testing/slices.ts';

/* Sessions and slices by the protocol of `--serve`. */

// Several processes are started one after the other, on whatever machine this is.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
afterEach(cleanUp);

const closed = { load: { kind: 'closed', window: 2 }, durationMs: 30, drainMs: 5000 } as const;

test('two of them stay open and are loaded in turn; a third cannot be opened', async () => {
  const { served, job } = await serving();
  served.tell({ do: 'open', id: 'a', spec: job({ connections: 2 }) });
  served.tell({ do: 'open', id: 'b', spec: job({ connections: 3 }) });
  served.tell({ do: 'open', id: 'c', spec: job({ urls: ['ws://127.0.0.1:1/'] }) });
  const opened = new Map<string, LoadEvent>();
  while (opened.size < 3) {
    const event = await served.hear();
    opened.set('id' in event ? event.id : '', event);
  }
  expect(opened.get('a')).toEqual({ event: 'opened', id: 'a', connections: 2, extensions: '' });
  expect(opened.get('b')).toMatchObject({ event: 'opened', connections: 3 });
  expect(opened.get('c')).toMatchObject({
    event: 'error',
    message: expect.stringMatching(/refused \(4 times\)$/),
  });
  for (const id of ['a', 'b', 'a', 'b']) {
    served.tell({ do: 'slice', id, slice: closed });
    const sliced = (await served.hear()) as LoadEvent & { event: 'sliced' };
    expect(sliced).toMatchObject({ event: 'sliced', id });
    expect(sliced.slice.delivered).toBeGreaterThan(0);
    expect(sliced.slice.delivered).toBe(sliced.slice.sent);
  }
  for (const id of ['a', 'b']) {
    served.tell({ do: 'close', id });
    expect(await served.hear()).toEqual({ event: 'closed', id });
    served.tell({ do: 'slice', id, slice: closed });
    expect(await served.hear()).toEqual({ event: 'error', id, message: `no session ${id} is open` });
  }
});

test('one slice at a time: another, or an id that is taken, is an error of its id', async () => {
  const { served, job } = await serving();
  for (const id of ['a', 'b']) {
    served.tell({ do: 'open', id, spec: job({}) });
    await served.upTo('opened');
  }
  served.tell({ do: 'slice', id: 'a', slice: { ...closed, durationMs: 500 } });
  served.tell({ do: 'slice', id: 'b', slice: closed });
  const message = 'a is under load; one slice or job runs at a time';
  expect(await served.hear()).toEqual({ event: 'error', id: 'b', message });
  expect(await served.hear()).toMatchObject({ event: 'sliced', id: 'a' });
  served.tell({ do: 'open', id: 'a', spec: job({}) });
  expect(await served.hear()).toEqual({ event: 'error', id: 'a', message: 'the id a is taken' });
});

test('a job waits for the slice that runs', async () => {
  const { served, job } = await serving();
  served.tell({ do: 'open', id: 'a', spec: job({}) });
  await served.upTo('opened');
  served.tell({ do: 'slice', id: 'a', slice: closed });
  served.run(job({ durationMs: 20 }));
  expect(names(await served.upTo('result'))).toEqual([
    'sliced',
    'connected',
    'measuring',
    'measured',
    'result',
  ]);
});

test('closed in the middle of a slice: the slice is an error, and the process is free', async () => {
  const { served, job } = await serving();
  served.tell({ do: 'open', id: 'a', spec: job({}) });
  await served.upTo('opened');
  served.tell({ do: 'slice', id: 'a', slice: { ...closed, durationMs: hour } });
  served.tell({ do: 'close', id: 'a' });
  expect(await served.hear()).toEqual({
    event: 'error',
    id: 'a',
    message: 'closed in the middle of a slice',
  });
  expect(await served.hear()).toEqual({ event: 'closed', id: 'a' });
  served.tell({ do: 'open', id: 'a', spec: job({}) });
  await served.upTo('opened');
  served.tell({ do: 'slice', id: 'a', slice: closed });
  expect(await served.hear()).toMatchObject({ event: 'sliced', id: 'a' });
});
