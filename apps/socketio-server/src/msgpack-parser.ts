import parser from 'socket.io-msgpack-parser';

/** Names that socket.io keeps for itself: its own parser refuses a client's events by them. */
const RESERVED = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);
const EVENT = 2;

/**
 * `socket.io-msgpack-parser` checks that an event is an array, and not that its name is one: an object in its place, such as
 * `{toString: 1}`, ends the process ("Cannot convert object to primitive value"). Found by this project's fuzzer.
 */
class Decoder extends parser.Decoder {
  override checkPacket(packet: { type: number; data: unknown[] }): void {
    super.checkPacket(packet);
    if (packet.type !== EVENT) return;
    const [name] = packet.data;
    if (typeof name !== 'string' || RESERVED.has(name)) throw new Error('invalid event name');
  }
}

/** The encoding of packets in MessagePack, safe against events without a name. */
export default { ...parser, Decoder };
