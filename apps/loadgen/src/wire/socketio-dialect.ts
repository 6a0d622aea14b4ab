import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { DialectCodec, DialectPeer } from './dialect.ts';
import { ackMessages } from './socketio-acks.ts';
import { DISCONNECT, eventMessages, PING } from './socketio-messages.ts';
import { packetFrame, socketIoOpening, socketIoPath } from './socketio-opening.ts';

/**
 * The codec of Socket.IO for one job: the default parser (text, JSON objects or binary attachments) or msgpack's.
 * JSON goes as an object, as its users send it, so that it is not escaped, and comes back byte for byte.
 */
export function socketIoDialect(spec: LoadSpec): DialectCodec {
  const { frames, payloadStart, trailerBytes } = spec.acks ? ackMessages(spec) : eventMessages(spec);
  const pong = packetFrame('3');
  return {
    path: socketIoPath,
    opening: (peer) => socketIoOpening(spec, peer),
    made: 'job',
    // Not `frames` itself: the peer, which comes third, would be taken for an ack id.
    frames: (message, framing) => frames(message, framing),
    receive(peer: DialectPeer, binary: boolean, data: Buffer, start: number, end: number) {
      const at = payloadStart(binary, data, start, end, peer);
      if (at >= 0) peer.reply(data, at, end - trailerBytes);
      else if (at === PING) peer.write(pong);
      else if (at === DISCONNECT) peer.fail('ended by the server');
    },
    acks: spec.acks,
  };
}
