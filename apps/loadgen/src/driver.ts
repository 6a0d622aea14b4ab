import type { Connection } from './connection.ts';
import type { Ending } from './session.ts';

/** What a load does with what its connections hear. Called for each message, so it allocates nothing. */
export interface Driver {
  /**
   * A message of the load; its payload is `data[payloadAt, end)`. `payloadAt` is -1 when it came compressed and is not
   * inflated: then the replies of a connection are taken to be in order.
   */
  message(connection: Connection, data: Buffer, payloadAt: number, end: number): void;
  /** Everything of one read has been handed over. */
  batch(connection: Connection): void;
  /** A message that is none of the load's. */
  other?(connection: Connection): void;
  /** The connection can be written to again. */
  drained?(connection: Connection): void;
  /** The connection has gone; also after a failed handshake. */
  gone?(connection: Connection, ending: Ending): void;
}
