import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A DNS server on 127.0.0.1 that answers every question for A records with `addresses`, as they are at that time. */
export interface TestDns {
  readonly port: number;
  addresses: readonly string[];
  close(): void;
}

const HEADER_BYTES = 12;
const TYPE_A = 1;

/** Starts it on a free port. */
export async function startDns(addresses: readonly string[]): Promise<TestDns> {
  const socket = createSocket('udp4');
  const dns: TestDns = { port: 0, addresses, close: () => socket.close() };
  socket.on('message', (query, peer) => socket.send(answer(query, dns.addresses), peer.port, peer.address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return Object.assign(dns, { port: socket.address().port });
}

/** RFC 1035 section 4: the question repeated, then a record for each address whose name points back to it. */
function answer(query: Buffer, addresses: readonly string[]): Buffer {
  const nameEnd = query.indexOf(0, HEADER_BYTES) + 1;
  const question = query.subarray(HEADER_BYTES, nameEnd + 4);
  const records = query.readUInt16BE(nameEnd) === TYPE_A ? addresses : [];
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records.map(record)]);
}

function record(address: string): Buffer {
  const ttlSeconds = 1;
  return Buffer.from([
    0xc0,
    HEADER_BYTES,
    0,
    TYPE_A,
    0,
    1,
    0,
    0,
    0,
    ttlSeconds,
    0,
    4,
    ...address.split('.').map(Number),
  ]);
}
