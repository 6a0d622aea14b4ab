import { readFileSync } from 'node:fs';
import type { PayloadSpec } from '@ws-arena/load/load-spec';
import type { Content } from './message.ts';
import { HEADER_BYTES } from './message-header.ts';

const SPACE = 0x20;

/** Bytes of a message that holds the whole file behind its header. @throws Error when it cannot be read. */
export function wholeFileBytes(path: string): number {
  return HEADER_BYTES + readContent(path).length;
}

/**
 * The header, then the file's content, cut to `spec.bytes` or repeated up to them. Text that the cut leaves with half a
 * character ends in spaces.
 * @throws Error when the file cannot be read, is empty, or is to be sent as text and is not UTF-8.
 */
export function filePayload(spec: PayloadSpec): Content {
  const path = spec.path ?? '';
  const content = readContent(path);
  const payload = Buffer.alloc(spec.bytes, SPACE);
  payload.fill('A', 0, Math.min(HEADER_BYTES, payload.length));
  for (let at = HEADER_BYTES; at < payload.length; at += content.length) {
    const end = content.copy(payload, at) + at;
    if (!spec.binary && end < at + content.length) padHalfCharacter(payload);
  }
  if (!spec.binary && !isUtf8(payload))
    throw new Error(`the file ${path} is not UTF-8 text; send it with --binary`);
  return { payload, headerAt: 0 };
}

function readContent(path: string): Buffer {
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (cause) {
    throw new Error(`cannot read the payload file ${path}: ${(cause as Error).message}`, { cause });
  }
  if (content.length === 0) throw new Error(`the payload file ${path} is empty`);
  return content;
}

function padHalfCharacter(payload: Buffer): void {
  for (let cut = payload.length; cut > payload.length - 4; cut -= 1) {
    if (isUtf8(payload.subarray(0, cut))) {
      payload.fill(SPACE, cut);
      return;
    }
  }
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
