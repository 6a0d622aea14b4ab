import type { ServerConfig } from './options.ts';

/**
 * Most payload bytes that a message may take on the wire. The read limit counts a message after inflation; data that do
 * not compress are longer on the wire than the message, so with deflate twice the limit is read.
 */
export function wireLimitBytes({ deflateLevel, readLimitBytes }: ServerConfig): number {
  return Math.min(deflateLevel > 0 ? 2 * readLimitBytes : readLimitBytes, 0x7fff_ffff);
}
