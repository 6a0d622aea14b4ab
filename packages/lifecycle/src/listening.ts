import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { ServerConfig } from '@ws-arena/config/options';

/** Why a server could not listen; `code` is the system's, as far as the library tells it. */
export function cannotListen(
  where: string | Pick<ServerConfig, 'host' | 'port'>,
  code = 'EADDRINUSE',
  cause?: unknown,
): Error {
  const why = code === 'EADDRINUSE' ? 'something else listens there' : code;
  const [at, choices] =
    typeof where === 'string'
      ? [where, '--socket-path']
      : [`${where.host}:${where.port}`, '--port or --host'];
  return new Error(`cannot listen on ${at}: ${why}; choose another ${choices}`, { cause });
}

/**
 * Removes the Unix socket that a killed process left.
 * @throws Error when somebody listens there.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const socket = connect(path);
  const isServed = await once(socket, 'connect').then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT',
  );
  socket.destroy();
  if (isServed) throw cannotListen(path);
  await rm(path, { force: true });
}
