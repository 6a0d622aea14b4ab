import type { LoadSpec } from '@ws-arena/results/load-spec';
import type { Framing } from './dialect.ts';

/** permessage-deflate (RFC 7692) on the client's side, for one job. */
export interface Deflate {
  /** The value of Sec-WebSocket-Extensions in the request. */
  readonly offer: string;
  /** Undefined when the server's answer can be worked with, otherwise what is wrong with it. */
  check(extensions: string): string | undefined;
  readonly compress: NonNullable<Framing['compress']>;
  /** The inflated message; valid until the next call. */
  inflate(data: Buffer, start: number, end: number): Buffer;
}

/**
 * The client side of permessage-deflate that `spec` asks for, or undefined for `off`.
 * @throws Error while it is not built.
 */
export function deflateFor(spec: LoadSpec): Deflate | undefined {
  if (spec.deflate === 'off') return undefined;
  throw new Error(`deflate ${spec.deflate} is not known; known is off`);
}
