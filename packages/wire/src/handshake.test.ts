import { describe, expect, test } from 'vitest';
import { acceptFor, checkUpgrade, headEnd, randomKey, upgradeRequest } from './handshake.ts';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** A good response head, with lines replaced or left out (undefined). */
function head(changes: Record<string, string | undefined> = {}, status = 'HTTP/1.1 101 Switching Protocols') {
  const fields = {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': accept,
    ...changes,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}: ${value}`,
  );
  return `${[status, ...lines].join('\r\n')}\r\n\r\n`;
}

test('the key and accept of RFC 6455 section 1.3', () => {
  expect(acceptFor(key)).toBe(accept);
});

test('keys are 16 bytes, and differ', () => {
  expect(Buffer.from(randomKey(), 'base64')).toHaveLength(16);
  expect(randomKey()).not.toBe(randomKey());
});

test('a request has what section 4.1 asks for', () => {
  const request = upgradeRequest({
    host: 'h:1',
    path: '/p?q=1',
    key,
    subprotocols: ['a', 'b'],
    extensions: 'permessage-deflate',
    headers: { Origin: 'https://o' },
  });
  expect(request.split('\r\n')).toEqual([
    'GET /p?q=1 HTTP/1.1',
    'Host: h:1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: a, b',
    'Sec-WebSocket-Extensions: permessage-deflate',
    'Origin: https://o',
    '',
    '',
  ]);
});

test('a header with a line break is refused', () => {
  expect(() => upgradeRequest({ host: 'h', path: '/', key, headers: { A: 'b\r\nC: d' } })).toThrow(
    /line break/,
  );
});

describe('checkUpgrade', () => {
  test('agrees, whatever the case of names and tokens', () => {
    const answer = checkUpgrade(
      head({ Upgrade: 'WebSocket', Connection: 'keep-alive, upgrade', 'sec-websocket-extensions': 'x' }),
      key,
    );
    expect(answer).toEqual({ ok: true, subprotocol: '', extensions: 'x' });
  });

  test.each([
    [head({}, 'HTTP/1.1 503 Service Unavailable'), 'status 503'],
    [head({}, 'SSH-2.0-OpenSSH'), 'not HTTP: "SSH-2.0-OpenSSH"'],
    [head({ Upgrade: undefined }), 'no Upgrade header'],
    [head({ Connection: 'close' }), 'no Connection header'],
    [head({ 'Sec-WebSocket-Accept': acceptFor('another') }), 'wrong Sec-WebSocket-Accept'],
    [head({ 'Sec-WebSocket-Accept': undefined }), 'wrong Sec-WebSocket-Accept'],
    [head({ 'Sec-WebSocket-Protocol': 'c' }), 'subprotocol c was not asked for'],
  ])('refuses %j', (text, reason) => {
    expect(checkUpgrade(text, key, ['a'])).toEqual({ ok: false, reason });
  });
});

test('headEnd finds the blank line within its bounds', () => {
  const data = Buffer.from('xxHTTP/1.1 101\r\n\r\n\x81\x00');
  expect(headEnd(data, 2, data.length)).toBe(18);
  expect(headEnd(data, 2, 17)).toBe(-1);
});
