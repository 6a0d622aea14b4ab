import type { ServerConfig } from '@ws-arena/config/options';
import type { Metrics } from './metrics.ts';
import type { Deliver, Rooms } from './rooms.ts';

/**
 * What takes a message of a member to its room: `local` itself, which gives it to the members that this instance has; with
 * `redisUrl`, Redis, which has each instance do so. Redis' client is loaded only then.
 */
export async function roomCarrier<Message extends Buffer | ArrayBuffer>(
  { redisUrl }: ServerConfig,
  metrics: Metrics,
  rooms: Rooms<unknown>,
  local: Deliver<Message | Buffer>,
): Promise<Deliver<Message>> {
  if (redisUrl === '') return local;
  const { RedisLink } = await import('./redis-link.ts');
  const { RedisRooms } = await import('./redis-rooms.ts');
  return new RedisRooms<Message>(await RedisLink.open(redisUrl, metrics), rooms, local).publish;
}
