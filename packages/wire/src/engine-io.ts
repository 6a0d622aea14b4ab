/** Packet types of Engine.IO v4: the first character of a text packet (socket.io/docs/engine-io-protocol). */
export const engineType = {
  open: 0x30,
  close: 0x31,
  ping: 0x32,
  pong: 0x33,
  message: 0x34,
  upgrade: 0x35,
  noop: 0x36,
} as const;

/** The parameter of a packet that must be sent before the transport is switched, and its answer. */
export const PROBE = '2probe';
export const PROBE_ANSWER = '3probe';

/** What the server says in its first packet. Times in milliseconds, `maxPayload` in bytes. */
export interface OpenPacket {
  readonly sid: string;
  readonly upgrades: readonly string[];
  readonly pingInterval: number;
  readonly pingTimeout: number;
  readonly maxPayload: number;
}

/** A server does not speak Engine.IO v4 or Socket.IO v5. The message is one sentence. */
export class SocketIoError extends Error {
  override readonly name = 'SocketIoError';
}

/** Reads the packet `0{…}`. @throws SocketIoError when `text` is something else. */
export function parseOpenPacket(text: string): OpenPacket {
  const value = text.startsWith('0') ? jsonObject(text.slice(1)) : undefined;
  const { sid, upgrades, pingInterval, pingTimeout, maxPayload } = value ?? {};
  if (typeof sid !== 'string' || typeof pingInterval !== 'number' || typeof pingTimeout !== 'number') {
    throw new SocketIoError(
      `the first packet is ${JSON.stringify(text.slice(0, 60))}; wanted the open packet 0{"sid":…} of Engine.IO 4`,
    );
  }
  return {
    sid,
    upgrades: Array.isArray(upgrades) ? upgrades.filter((u) => typeof u === 'string') : [],
    pingInterval,
    pingTimeout,
    maxPayload: typeof maxPayload === 'number' ? maxPayload : 0,
  };
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** An Engine.IO packet as HTTP polling carries it: text with its type, or the bytes of a binary message. */
export type PollingPacket = string | Buffer;

/** The body of a polling request or response: packets joined by U+001E, binary as `b` and base64. */
export function encodePollingBody(packets: readonly PollingPacket[]): string {
  return packets
    .map((packet) => (typeof packet === 'string' ? packet : `b${packet.toString('base64')}`))
    .join('\x1e');
}

/** The packets of a polling body. */
export function decodePollingBody(body: string): PollingPacket[] {
  return body
    .split('\x1e')
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('b') ? Buffer.from(part.slice(1), 'base64') : part));
}

/** Whether the payload at `[start, end)` of `buffer` is the ping packet `2`, which `3` answers. */
export function isEnginePing(buffer: Uint8Array, start: number, end: number): boolean {
  return end - start === 1 && buffer[start] === engineType.ping;
}
