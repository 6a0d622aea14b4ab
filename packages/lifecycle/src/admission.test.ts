import { parseConfig } from '@ws-arena/config/parse-config';
import { describe, expect, test } from 'vitest';
import { admit } from './admission.ts';

const config = parseConfig({ originAllowList: ['https://a.example'], maxConnections: 2 });
const path = config.path;

describe('admit', () => {
  test.each([
    ['', { kind: 'echo', topic: '' }],
    ['EIO=4&transport=websocket', { kind: 'echo', topic: '' }],
    ['room=a%20b', { kind: 'room', topic: 'room/a b' }],
    ['%72oom=a', { kind: 'room', topic: 'room/a' }],
    ['push=10', { kind: 'push', topic: 'push/10/0', periodMs: 10, bytes: 0 }],
    ['push=60000&bytes=512', { kind: 'push', topic: 'push/60000/512', periodMs: 60_000, bytes: 512 }],
  ])('query %j asks for %j', (query, workload) => {
    expect(admit(config, path, query, 'https://a.example', 0)).toEqual(workload);
  });

  test.each([
    [`${path}/`, '', 'https://a.example', 0, 404, /the path is \/ws-notifications/],
    [path, '', 'https://b.example', 0, 403, /https:\/\/b.example is not allowed/],
    [path, '', undefined, 0, 403, /origin \(none\)/],
    [path, 'push=9', 'https://a.example', 0, 400, /push is 9; wanted: a period of 10 to 60000/],
    [path, 'push=60001', 'https://a.example', 0, 400, /push is 60001/],
    [path, 'push=1e3', 'https://a.example', 0, 400, /push is 1e3/],
    [path, 'push=50&bytes=65537', 'https://a.example', 0, 400, /bytes is 65537/],
    [path, 'push=50&room=a', 'https://a.example', 0, 400, /exclude each other/],
    [path, 'room=', 'https://a.example', 0, 400, /room is empty/],
    [path, 'room', 'https://a.example', 0, 400, /room is empty/],
    [path, '', 'https://a.example', 2, 503, /all 2 connections are taken/],
  ])('%s?%s from %s with %i open: %i', (at, query, origin, open, status, sentence) => {
    const refusal = admit(config, at, query, origin, open);
    expect(refusal).toMatchObject({ kind: 'refusal', status, sentence: expect.stringMatching(sentence) });
  });

  test('bytes may be as many as the read limit, however large that is', () => {
    const large = parseConfig({ readLimitBytes: 2_000_000_000, maxBufferedBytes: 2_000_000_000 });
    expect(admit(large, path, 'push=10&bytes=2000000000', undefined, 0)).toMatchObject({
      bytes: 2_000_000_000,
    });
    expect(admit(large, path, 'push=10&bytes=2000000001', undefined, 0)).toMatchObject({ status: 400 });
  });

  test('without a list any origin may come, and without a maximum any number', () => {
    const open = parseConfig();
    expect(admit(open, path, '', undefined, 1_000_000)).toEqual({ kind: 'echo', topic: '' });
  });
});
