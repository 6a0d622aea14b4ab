import { createHash } from 'node:crypto';

/** The head of an HTTP response. */
export interface ResponseHead {
  readonly status: number;
  /** Names in lower case; of a repeated header the values joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What may differ from a well-formed upgrade request. */
export interface UpgradeRequest {
  readonly method?: string;
  readonly version?: string;
  /** Added to the usual headers; undefined leaves a usual one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** The example key of RFC 6455 section 1.3; a suite needs no entropy. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** The accept value that answers the suite's key (RFC 6455 section 4.2.2). */
export const acceptValue = createHash('sha1')
  .update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  .digest('base64');

/** The text of an upgrade request (RFC 6455 section 4.1). */
export function upgradeRequest(host: string, path: string, request: UpgradeRequest = {}): string {
  const headers: Record<string, string | undefined> = {
    Host: host,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': KEY,
    'Sec-WebSocket-Version': '13',
    ...request.headers,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const { method = 'GET', version = 'HTTP/1.1' } = request;
  return `${[`${method} ${path} ${version}`, ...lines].join('\r\n')}\r\n\r\n`;
}

/** The response head at the front of `bytes` and what follows it; undefined while the head is incomplete. */
export function splitHead(bytes: Buffer): { head: ResponseHead; rest: Buffer } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine, ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return {
    head: { status: Number(statusLine!.split(' ')[1]), headers },
    rest: bytes.subarray(end + 4),
  };
}
