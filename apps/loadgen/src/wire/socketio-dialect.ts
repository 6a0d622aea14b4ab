import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { DialectCodec } from './dialect.ts';
import { ackMessages } from './socketio-acks.ts';
import { eventMessages } from './socketio-messages.ts';
import { packetFrame, socketIoOpening, socketIoPath } from './socketio-opening.ts';

/**
 * The codec of Socket.IO for one job: the default parser (text, JSON objects or binary attachments) or msgpack's.
 * JSON goes as an object, as its users send it, so that it is not escaped, and comes back byte for byte.
 */
export function socketIoDialect(spec: LoadSpec): DialectCodec {
  return {
    path: socketIoPath,
    opening: () => socketIoOpening(spec),
    pong: packetFrame('3'),
    ...(spec.acks ? ackMessages(spec) : eventMessages(spec)),
  };
}
