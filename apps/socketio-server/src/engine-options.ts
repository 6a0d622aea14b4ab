import { ConfigError } from '@ws-arena/config/config-error';
import type { ServerConfig } from '@ws-arena/config/options';

/**
 * What Engine.IO can keep of the settings.
 * @throws ConfigError for a threshold together with context takeover: ws would ignore it.
 */
export function engineOptions(config: ServerConfig) {
  if (config.deflateLevel > 0 && config.deflateContextTakeover && config.deflateThresholdBytes > 0) {
    throw new ConfigError(
      `deflateThresholdBytes is ${config.deflateThresholdBytes}; wanted: 0 when deflateContextTakeover is true, because socket.io leaves the threshold to ws, which ignores it then`,
    );
  }
  const transports: ('polling' | 'websocket')[] = ['websocket'];
  if (config.longPolling) transports.unshift('polling');
  return {
    transports,
    maxHttpBufferSize: config.readLimitBytes,
    upgradeTimeout: config.handshakeTimeoutMs,
    pingInterval: config.pingPeriodMs,
    // The heartbeat cuts at pongWaitMs exactly, and by pongs alone; this is what clients are told, and the backstop.
    pingTimeout: config.pongWaitMs,
    httpCompression: false,
    perMessageDeflate: config.deflateLevel > 0 && {
      zlibDeflateOptions: { level: config.deflateLevel },
      threshold: config.deflateThresholdBytes,
      // `false` would refuse a client that asks for it.
      serverNoContextTakeover: config.deflateContextTakeover ? undefined : true,
      clientNoContextTakeover: config.deflateContextTakeover ? undefined : true,
    },
  };
}
