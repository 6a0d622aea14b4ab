import type { HandshakeCase } from '../rfc-case.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const accepted = (name: string, headers: Headers): HandshakeCase => ({
  kind: 'handshake',
  name: `handshake: ${name}`,
  rule: 'handshake',
  request: { headers },
  wants: ['HTTP 101'],
});

const refused = (name: string, request: HandshakeCase['request']): HandshakeCase => ({
  kind: 'handshake',
  name: `handshake: ${name}`,
  rule: 'handshakeParts',
  request,
  wants: ['HTTP 400', 'HTTP 405', 'HTTP 426', 'HTTP 505'],
  tolerates: ['HTTP 404', 'dropped'],
});

const version = (value: string | undefined): HandshakeCase => ({
  ...refused(value === undefined ? 'no Sec-WebSocket-Version' : `Sec-WebSocket-Version ${value}`, {
    headers: { 'Sec-WebSocket-Version': value },
  }),
  rule: 'version',
  // "an appropriate HTTP error code (such as 426 Upgrade Required)", section 4.2.2
  wants: ['HTTP 426', 'HTTP 400'],
});

/** The opening handshake (RFC 6455 section 4.2). */
export const handshakeCases: readonly HandshakeCase[] = [
  accepted('as the RFC has it', {}),
  accepted('Upgrade: WebSocket, Connection: keep-alive, UPGRADE', {
    Upgrade: 'WebSocket',
    Connection: 'keep-alive, UPGRADE',
  }),
  accepted('header names in lower case', {
    Upgrade: undefined,
    Connection: undefined,
    upgrade: 'websocket',
    connection: 'upgrade',
  }),
  accepted('an unknown subprotocol is offered', { 'Sec-WebSocket-Protocol': 'nobody.knows.this' }),
  {
    ...accepted('an unknown extension is offered', {
      'Sec-WebSocket-Extensions': 'x-nobody-knows-this; a=1',
    }),
    rule: 'unknownExtension',
  },
  ...[1, 4, 5, 'GET /ws-notifications HTTP'.length, 100].map((firstBytes) => ({
    ...accepted(`the first ${firstBytes} bytes in a TCP segment of their own`, {}),
    firstBytes,
  })),
  version(undefined),
  version('0'),
  version('8'),
  version('12'),
  version('14'),
  version('thirteen'),
  refused('no Sec-WebSocket-Key', { headers: { 'Sec-WebSocket-Key': undefined } }),
  refused('an empty Sec-WebSocket-Key', { headers: { 'Sec-WebSocket-Key': '' } }),
  refused('a key of 15 bytes', { headers: { 'Sec-WebSocket-Key': Buffer.alloc(15, 1).toString('base64') } }),
  refused('a key that is not base64', { headers: { 'Sec-WebSocket-Key': '!'.repeat(24) } }),
  refused('no Upgrade', { headers: { Upgrade: undefined } }),
  refused('Upgrade: h2c', { headers: { Upgrade: 'h2c' } }),
  refused('no Connection', { headers: { Connection: undefined } }),
  refused('Connection: close', { headers: { Connection: 'close' } }),
  refused('no Host', { headers: { Host: undefined } }),
  refused('POST', { method: 'POST', headers: { 'Content-Length': '0' } }),
  refused('HTTP/1.0', { version: 'HTTP/1.0' }),
];
