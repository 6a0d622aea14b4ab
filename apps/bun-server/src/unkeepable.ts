import { ConfigError } from '@ws-arena/config/config-error';
import type { ServerConfig } from '@ws-arena/config/options';

/**
 * Refuses the settings that Bun cannot keep, rather than being silently different.
 * @throws ConfigError
 */
export function refuseUnkeepable({ deflateLevel }: ServerConfig): void {
  if (deflateLevel !== 0 && deflateLevel !== 6)
    throw new ConfigError(
      `deflateLevel is ${deflateLevel}; wanted: 0 (off) or 6, because Bun compresses at zlib level 6 and at no other`,
    );
}
