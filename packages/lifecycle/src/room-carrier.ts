import type { ServerConfig } from '@ws-arena/config/options';
import type { Metrics } from './metrics.ts';
import type { Deliver, Rooms } from './rooms.ts';

/** The way of a message from a member to its room. */
export interface RoomCarrier<Message> {
  readonly publish: Deliver<Message>;
  /** Carries no more. */
  close(): void;
}

/**
 * What takes a message of a member to its room: `local` itself, which gives it to the members that this instance has; with
 * `redisUrl`, Redis, which has each instance do so. Redis' client is loaded only then.
 */
export async function roomCarrier<Message extends Buffer | ArrayBuffer>(
  { redisUrl }: ServerConfig,
  metrics: Metrics,
  rooms: Rooms<unknown>,
  local: Deliver<Message | Buffer>,
): Promise<RoomCarrier<Message>> {
  if (redisUrl === '') return { publish: local, close() {} };
  const { RedisLink } = await import('./redis-link.ts');
  const { RedisRooms } = await import('./redis-rooms.ts');
  const link = await RedisLink.open(redisUrl, metrics);
  return { publish: new RedisRooms<Message>(link, rooms, local).publish, close: () => link.close() };
}
