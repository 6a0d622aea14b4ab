import type { ServerConfig } from '@ws-arena/config/options';

/** Why a server could not listen; `code` is the system's, as far as the library tells it. */
export function cannotListen(config: ServerConfig, code = 'EADDRINUSE', cause?: unknown): Error {
  const why = code === 'EADDRINUSE' ? 'something else listens there' : code;
  return new Error(
    `cannot listen on ${config.host}:${config.port}: ${why}; choose another --port or --host`,
    {
      cause,
    },
  );
}
