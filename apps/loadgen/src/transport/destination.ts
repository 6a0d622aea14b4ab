import type { Endpoint } from './transport.ts';

/** Where one connection goes. */
export interface Destination {
  readonly endpoint: Endpoint;
  readonly url: URL;
  /** The request target of the upgrade. */
  readonly path: string;
  /** Which of the session's rooms it belongs to, from 0: that of the URL's `room`. */
  readonly room: number;
}
