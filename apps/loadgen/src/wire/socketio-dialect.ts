import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { DialectCodec, DialectPeer } from './dialect.ts';
import { ackMessages } from './socketio-acks.ts';
import { DISCONNECT, eventMessages, PING } from './socketio-messages.ts';
import { packetFrame, socketIoOpening, socketIoPath } from './socketio-opening.ts';
import { RestoredSessions } from './socketio-recovery.ts';

/**
 * The codec of Socket.IO for one job: the default parser (text, JSON objects or binary attachments) or msgpack's.
 * JSON goes as an object, as its users send it, so that it is not escaped, and comes back byte for byte.
 */
export function socketIoDialect(spec: LoadSpec): DialectCodec {
  const { frames, payloadStart, trailerBytes } = spec.acks ? ackMessages(spec) : eventMessages(spec);
  const pong = packetFrame('3');
  const sessions = spec.recovers && new RestoredSessions(spec);
  const receive = (peer: DialectPeer, binary: boolean, data: Buffer, start: number, end: number) => {
    const at = payloadStart(binary, data, start, end, peer);
    if (at >= 0) peer.reply(data, at, sessions ? sessions.textEnd(peer, data, at, end) : end - trailerBytes);
    else if (at === PING) peer.write(pong);
    else if (at === DISCONNECT) peer.fail('ended by the server');
  };
  return {
    path: socketIoPath,
    opening: (peer) =>
      socketIoOpening(
        spec,
        peer,
        sessions?.packetsOf(peer, (message) => receive(peer, false, message, 0, message.length)),
      ),
    made: 'job',
    // Not `frames` itself: the peer, which comes third, would be taken for an ack id.
    frames: (message, framing) => frames(message, framing),
    receive,
    acks: spec.acks,
    get recovered() {
      return sessions?.count;
    },
  };
}
