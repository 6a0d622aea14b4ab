import { ConfigError } from '@ws-arena/config/config-error';
import type { ServerConfig } from '@ws-arena/config/options';
import { refuseSocketIoOnly } from '@ws-arena/lifecycle/refuse-socket-io-only';

/**
 * The settings, when Nginx and lua-resty-websocket can keep them.
 * @throws ConfigError for compression, which the library does not have, for Redis, and for what only Socket.IO has.
 */
export function keptSettings(config: ServerConfig): ServerConfig {
  refuseSocketIoOnly(config);
  if (config.deflateLevel > 0)
    throw new ConfigError(
      `deflateLevel is ${config.deflateLevel}; wanted: 0, because lua-resty-websocket has no compression`,
    );
  if (config.redisUrl !== '')
    throw new ConfigError('redisUrl is set and must be empty: this server keeps rooms within one instance');
  return config;
}
