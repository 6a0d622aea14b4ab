import { parseConfig } from '@ws-arena/config/parse-config';
import { describe, expect, test } from 'vitest';
import { Admission } from './admission.ts';

const config = parseConfig({ originAllowList: ['https://a.example'], maxConnections: 2 });
const path = config.path;

const admission = (settings = config, connections = 0) => new Admission(settings, { connections });

describe('admit', () => {
  test.each([
    ['', { kind: 'echo', topic: '' }],
    ['EIO=4&transport=websocket', { kind: 'echo', topic: '' }],
    ['room=a%20b', { kind: 'room', topic: 'room/a b' }],
    ['%72oom=a', { kind: 'room', topic: 'room/a' }],
    ['push=10', { kind: 'push', topic: 'push/10/0', periodMs: 10, bytes: 0 }],
    ['push=60000&bytes=512', { kind: 'push', topic: 'push/60000/512', periodMs: 60_000, bytes: 512 }],
  ])('query %j asks for %j', (query, workload) => {
    expect(admission().admit(path, query, 'https://a.example')).toEqual(workload);
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
    const refusal = admission(config, open).admit(at, query, origin);
    expect(refusal).toMatchObject({ kind: 'refusal', status, sentence: expect.stringMatching(sentence) });
  });

  test('bytes may be as many as the read limit, however large that is', () => {
    const large = parseConfig({ readLimitBytes: 2_000_000_000, maxBufferedBytes: 2_000_000_000 });
    const bytes = (count: number) => admission(large).admit(path, `push=10&bytes=${count}`, undefined);
    expect(bytes(2_000_000_000)).toMatchObject({ bytes: 2_000_000_000 });
    expect(bytes(2_000_000_001)).toMatchObject({ status: 400 });
  });

  test('without a list any origin may come, and without a maximum any number', () => {
    const open = admission(parseConfig(), 1_000_000);
    expect(open.admit(path, '', undefined)).toEqual({ kind: 'echo', topic: '' });
  });

  test('while the server drains nobody may come', () => {
    const draining = admission();
    draining.isOpen = false;
    expect(draining.admit(path, '', 'https://a.example')).toMatchObject({ status: 503 });
  });
});
