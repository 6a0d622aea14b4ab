import { once } from 'node:events';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';

/**
 * Connects twice, the second time with the first one's session.
 * @returns what was negotiated, and whether the second handshake resumed the session.
 */
export async function resumed(
  port: number,
  version: SecureVersion,
): Promise<{ protocol: string | null; reused: boolean }> {
  const first = handshake(port, version);
  let session: Buffer | undefined;
  first.on('session', (given) => {
    session = given;
  });
  await once(first, 'secureConnect');
  await answered(first);
  const second = handshake(port, version, session);
  await once(second, 'secureConnect');
  const result = { protocol: second.getProtocol(), reused: second.isSessionReused() };
  await answered(second);
  return result;
}

function handshake(port: number, version: SecureVersion, session?: Buffer): TLSSocket {
  return connect({
    host: '127.0.0.1',
    port,
    minVersion: version,
    maxVersion: version,
    rejectUnauthorized: false,
    ...(session ? { session } : {}),
  });
}

/** One request and its answer: a TLS 1.3 ticket comes after the handshake, with the first data at the latest. */
async function answered(socket: TLSSocket): Promise<void> {
  socket.write('GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
}
