import { createHash } from 'node:crypto';

/** Bytes that do not compress, the same each time: digests of a counter. */
export function incompressible(bytes: number): Buffer {
  const digests = Array.from({ length: Math.ceil(bytes / 64) }, (_, i) =>
    createHash('sha512').update(String(i)).digest(),
  );
  return Buffer.concat(digests).subarray(0, bytes);
}

/** Text that compresses to little. */
export function compressible(bytes: number): string {
  return 'compresses well, '.repeat(Math.ceil(bytes / 17)).slice(0, bytes);
}
