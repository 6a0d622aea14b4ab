import type { PayloadSpec } from '@ws-arena/load/load-spec';
import { seededRandom } from '../schedule/seeded-random.ts';
import { filePayload } from './file-payload.ts';
import { jsonPayload } from './json-payload.ts';
import { type Content, type Message, messageOf } from './message.ts';

/**
 * Makes the message that a load sends. Random text is ASCII that needs no escape in JSON.
 * @throws Error for a size that the kind cannot have, or a file that cannot be read.
 */
export function makeMessage(spec: PayloadSpec): Message {
  return messageOf(contents[spec.kind](spec), spec.binary);
}

const contents: Readonly<Record<PayloadSpec['kind'], (spec: PayloadSpec) => Content>> = {
  random: (spec) => ({ payload: randomPayload(spec), headerAt: 0 }),
  json: jsonPayload,
  file: filePayload,
};

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function randomPayload(spec: PayloadSpec): Buffer {
  const random = seededRandom(spec.seed);
  const payload = Buffer.allocUnsafeSlow(spec.bytes);
  for (let i = 0; i < payload.length; i++) {
    const value = random();
    payload[i] = spec.binary ? value >>> 24 : LETTERS.charCodeAt(value >>> 26);
  }
  return payload;
}
