import { ConfigError } from '@ws-arena/config/config-error';
import type { ServerConfig } from '@ws-arena/config/options';

/**
 * The settings, when Nginx and lua-resty-websocket can keep them.
 * @throws ConfigError for compression, which the library does not have, for Redis, and for long-polling.
 */
export function keptSettings(config: ServerConfig): ServerConfig {
  if (config.deflateLevel > 0)
    throw new ConfigError(
      `deflateLevel is ${config.deflateLevel}; wanted: 0, because lua-resty-websocket has no compression`,
    );
  if (config.redisUrl !== '')
    throw new ConfigError('redisUrl is set and must be empty: this server keeps rooms within one instance');
  if (config.longPolling)
    throw new ConfigError('longPolling is true; wanted: false, because this server speaks WebSocket only');
  return config;
}
