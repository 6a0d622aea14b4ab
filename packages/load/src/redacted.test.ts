import { expect, test } from 'vitest';
import { defaultSpec } from './load-spec.ts';
import { redacted, redactedUrl } from './redacted.ts';

const jwt = 'eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeK';

test('a spec is shown without its secrets, and otherwise as it is', () => {
  const spec = {
    ...defaultSpec,
    urls: ['ws://host/path?room=a', `ws://host/path?access_token=${jwt}`],
    handshake: {
      ...defaultSpec.handshake,
      token: 'abc-secret',
      headers: {
        Authorization: 'Bearer abc-secret',
        cookie: 'sid=abc-secret',
        'X-Tenant': 'seven',
        Odd: jwt,
      },
      subprotocols: ['v1', jwt],
    },
  };
  const shown = redacted(spec);
  expect(JSON.stringify(shown)).not.toMatch(/abc-secret|eyJ/);
  expect(shown.urls[0]).toBe(spec.urls[0]);
  expect(shown.handshake.headers['X-Tenant']).toBe('seven');
  expect(shown.handshake.subprotocols[0]).toBe('v1');
  expect({ ...shown, urls: [], handshake: {} }).toEqual({ ...spec, urls: [], handshake: {} });
});

test.each([
  ['ws://h:8000/p?a=1&b=%20', 'ws://h:8000/p?a=1&b=%20'],
  ['ws://h/p?token=x&room=a', 'ws://h/p?token=(hidden)&room=a'],
  [`ws://h/p?x=${jwt}`, 'ws://h/p?x=(hidden)'],
  ['ws://me:pw@h/', 'ws://me:(hidden)@h/'],
  ['no url', 'no url'],
])('%s is shown as %s', (url, shown) => {
  expect(redactedUrl(url).replaceAll('%28', '(').replaceAll('%29', ')')).toBe(shown);
});
