import { ConfigError } from '@ws-arena/config/config-error';
import type { ServerConfig } from '@ws-arena/config/options';

/**
 * Refuses the settings that uWebSockets.js cannot keep, rather than being silently different.
 * @throws ConfigError
 */
export function refuseUnkeepable(config: ServerConfig): void {
  if (config.deflateLevel === 0) return;
  if (config.deflateLevel !== 6) {
    throw new ConfigError(
      `deflateLevel is ${config.deflateLevel}; wanted: 0 (off) or 6, because uWebSockets.js compresses at zlib level 6 and at no other`,
    );
  }
  if (config.deflateContextTakeover) {
    throw new ConfigError(
      'deflateContextTakeover is true; wanted: false, because every dedicated compressor of uWebSockets.js becomes the 3 KB one and would keep another window than negotiated for',
    );
  }
}
