import { createHash, randomBytes } from 'node:crypto';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A fresh `Sec-WebSocket-Key`: 16 random bytes in base64 (RFC 6455 section 4.1). */
export function randomKey(): string {
  return randomBytes(16).toString('base64');
}

/** The `Sec-WebSocket-Accept` that belongs to `key` (RFC 6455 section 4.2.2). */
export function acceptFor(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}

/** What an upgrade request asks for. */
export interface UpgradeRequest {
  /** `host:port` as the Host header has it. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  readonly key: string;
  readonly subprotocols?: readonly string[];
  /** The value of Sec-WebSocket-Extensions; empty or absent offers none. */
  readonly extensions?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The text of an upgrade request, in latin1.
 * @throws Error for a path, header or subprotocol with a line break in it.
 */
export function upgradeRequest(request: UpgradeRequest): string {
  const lines = [
    `GET ${request.path} HTTP/1.1`,
    `Host: ${request.host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${request.key}`,
    'Sec-WebSocket-Version: 13',
  ];
  if (request.subprotocols?.length) lines.push(`Sec-WebSocket-Protocol: ${request.subprotocols.join(', ')}`);
  if (request.extensions) lines.push(`Sec-WebSocket-Extensions: ${request.extensions}`);
  for (const [name, value] of Object.entries(request.headers ?? {})) lines.push(`${name}: ${value}`);
  const broken = lines.find((line) => /[\r\n]/.test(line));
  if (broken !== undefined)
    throw new Error(`the line ${broken.split(/[\s:]/, 1)[0]} has a line break; a request line may have none`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A response that agrees to the upgrade. */
export interface UpgradeAccepted {
  readonly ok: true;
  /** The subprotocol that the server chose, or empty. */
  readonly subprotocol: string;
  /** The value of Sec-WebSocket-Extensions, or empty. */
  readonly extensions: string;
}

/** A response that does not; `reason` is `status 503`, `wrong Sec-WebSocket-Accept` and the like. */
export interface UpgradeRefused {
  readonly ok: false;
  readonly reason: string;
}

/** The reason for a response that is none of HTTP, by its first line. */
export function notHttp(response: string): string {
  return `not HTTP: ${JSON.stringify(response.split('\r\n', 1)[0]!.slice(0, 40))}`;
}

/** Index just past the blank line that ends the head in `data[start, end)`, or -1 when it has not come yet. */
export function headEnd(data: Buffer, start: number, end: number): number {
  const at = data.subarray(start, end).indexOf('\r\n\r\n');
  return at < 0 ? -1 : start + at + 4;
}

/** Checks the head of a response to the request with `key` (RFC 6455 section 4.1, the client's list). */
export function checkUpgrade(
  head: string,
  key: string,
  subprotocols: readonly string[] = [],
): UpgradeAccepted | UpgradeRefused {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1];
  if (status === undefined) return { ok: false, reason: notHttp(statusLine) };
  if (status !== '101') return { ok: false, reason: `status ${status}` };
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  if (fields.get('upgrade')?.toLowerCase() !== 'websocket') return { ok: false, reason: 'no Upgrade header' };
  if (!/\bupgrade\b/i.test(fields.get('connection') ?? ''))
    return { ok: false, reason: 'no Connection header' };
  if (fields.get('sec-websocket-accept') !== acceptFor(key)) {
    return { ok: false, reason: 'wrong Sec-WebSocket-Accept' };
  }
  const subprotocol = fields.get('sec-websocket-protocol') ?? '';
  if (subprotocol !== '' && !subprotocols.includes(subprotocol)) {
    return { ok: false, reason: `subprotocol ${subprotocol} was not asked for` };
  }
  return { ok: true, subprotocol, extensions: fields.get('sec-websocket-extensions') ?? '' };
}
