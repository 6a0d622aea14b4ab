import type { ServerConfig } from '@ws-arena/config/options';

/** Nginx keeps 64 bytes for each address with connections and 128 for each with handshakes: room for 80,000. */
const ZONE_SIZE = '10m';

/** The zones of `limit_conn` and `limit_req`, for the `http` block; none for a limit that is off. */
export function clientLimitZones(config: ServerConfig): string[] {
  const { proxyConnectionsPerAddress: connections, proxyHandshakesPerSec: perSec } = config;
  return [
    ...(connections > 0 ? [`limit_conn_zone $binary_remote_addr zone=connections:${ZONE_SIZE};`] : []),
    ...(perSec > 0
      ? [`limit_req_zone $binary_remote_addr zone=handshakes:${ZONE_SIZE} rate=${perSec}r/s;`]
      : []),
  ];
}

/**
 * What one client address may open, for the location of the WebSockets. `nodelay`: a handshake within the burst is not
 * held back.
 */
export function clientLimits(config: ServerConfig): string[] {
  const {
    proxyConnectionsPerAddress: connections,
    proxyHandshakesPerSec: perSec,
    proxyHandshakeBurst: burst,
  } = config;
  return [
    ...(connections > 0 ? [`limit_conn connections ${connections};`, 'limit_conn_status 429;'] : []),
    ...(perSec > 0
      ? [`limit_req zone=handshakes${burst > 0 ? ` burst=${burst} nodelay` : ''};`, 'limit_req_status 429;']
      : []),
  ];
}
