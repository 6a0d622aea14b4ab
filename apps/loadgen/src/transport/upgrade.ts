import { headEnd, notHttp, randomKey } from '@ws-arena/wire/handshake';
import type { Destination } from './destination.ts';
import type { Protocol } from './protocol.ts';

const MAX_HEAD_BYTES = 16_384;

/** What the response to an upgrade request has come to. */
export type UpgradeOutcome =
  | { readonly failed: string }
  /** `rest` is what followed the head in the same read. */
  | { readonly extensions: string; readonly rest: Buffer };

/** The HTTP part of one connection's handshake. */
export class Upgrade {
  readonly request: Buffer;
  readonly #protocol: Protocol;
  readonly #key = randomKey();
  #head = Buffer.alloc(0);

  constructor(protocol: Protocol, { url, path }: Destination) {
    this.#protocol = protocol;
    this.request = protocol.upgradeRequest(url.host, path, this.#key);
  }

  /** Takes bytes of the response; undefined until its head is complete. */
  response(data: Buffer, start: number, end: number): UpgradeOutcome | undefined {
    const seen = Buffer.concat([this.#head, data.subarray(start, end)]);
    const bodyAt = headEnd(seen, 0, seen.length);
    if (bodyAt >= 0) {
      const accepted = this.#protocol.accepted(seen.toString('latin1', 0, bodyAt), this.#key);
      return 'failed' in accepted ? accepted : { ...accepted, rest: seen.subarray(bodyAt) };
    }
    this.#head = seen;
    if (seen.length > MAX_HEAD_BYTES) return { failed: 'a response head of more than 16 KiB' };
    if (seen.length > 5 && seen.toString('latin1', 0, 5) !== 'HTTP/')
      return { failed: notHttp(seen.toString('latin1')) };
    return undefined;
  }
}
