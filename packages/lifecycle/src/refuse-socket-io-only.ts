import { ConfigError } from '@ws-arena/config/config-error';
import type { ServerConfig } from '@ws-arena/config/options';

/**
 * Refuses the settings that only a Socket.IO server can keep.
 * @throws ConfigError
 */
export function refuseSocketIoOnly({ socketioAdapter, longPolling }: ServerConfig): void {
  if (socketioAdapter !== 'sharded')
    throw new ConfigError('socketioAdapter is streams; wanted: sharded, because this is no Socket.IO server');
  if (longPolling)
    throw new ConfigError('longPolling is true; wanted: false, because this server speaks WebSocket only');
}
