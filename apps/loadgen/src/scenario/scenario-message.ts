import { maskedFrame } from '@ws-arena/wire/frame-encoder';
import { opcode } from '@ws-arena/wire/opcode';

/** A message as a scenario gets it. A binary one is copied, for the bytes of `data` are soon others. */
export function receivedMessage(binary: boolean, data: Buffer, start: number, end: number): string | Buffer {
  return binary ? Buffer.from(data.subarray(start, end)) : data.toString('utf8', start, end);
}

/** The frame of a message that is none of the load's. */
export function messageFrame(message: string | Uint8Array, mask: Uint8Array): Buffer {
  const code = typeof message === 'string' ? opcode.text : opcode.binary;
  return maskedFrame(Buffer.from(message), { opcode: code, mask });
}
