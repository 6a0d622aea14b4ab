import type { ServerConfig } from '@ws-arena/config/options';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import { RETRY_MS, RedisLink } from '@ws-arena/lifecycle/redis-link';
import type { ServerOptions } from 'socket.io';

/** How long a session can be restored (Socket.IO's default). */
const RECOVERY_MS = 120_000;

/**
 * The options of Socket.IO by which Redis carries its rooms to other instances; empty without `redisUrl`. While Redis is
 * away, a message reaches the members of its own instance, and is counted as lost.
 */
export async function redisOptions(
  { redisUrl, socketioAdapter }: ServerConfig,
  metrics: Metrics,
): Promise<Partial<ServerOptions>> {
  if (redisUrl === '') return {};
  const link = await RedisLink.open(redisUrl, metrics);
  if (socketioAdapter === 'sharded') return { adapter: await sharded(link) };
  return {
    adapter: await streams(link),
    // Unless told otherwise, a client that comes back skips the middlewares; but its token may have expired meanwhile.
    connectionStateRecovery: { maxDisconnectionDuration: RECOVERY_MS, skipMiddlewares: false },
  };
}

type Hear = (message: Buffer, channel: Buffer) => void;

/** By Redis 7's sharded Pub/Sub, a channel for each room. The adapter asks once and looks at no answer: this asks again. */
async function sharded(link: RedisLink): Promise<NonNullable<ServerOptions['adapter']>> {
  const { createShardedAdapter } = await import('@socket.io/redis-adapter');
  const heard = new Map<string, Hear>();
  const again = (work: () => Promise<unknown>): void => {
    work().catch(() => setTimeout(again, RETRY_MS, work));
  };
  const subscriber = {
    sSubscribe(channel: string, hear: Hear) {
      heard.set(channel, hear);
      again(() => link.subscriber.sSubscribe(channel, hear, true));
    },
    sUnsubscribe(channel: string) {
      // With its listener, for without one the client would drop a subscription that is made meanwhile.
      const hear = heard.get(channel);
      again(() => link.subscriber.sUnsubscribe(channel, hear, true));
    },
  };
  const publisher = {
    ...subscriber,
    sPublish: (channel: string, message: string | Buffer) =>
      link.carry(() => link.publisher.sPublish(channel, message)),
  };
  return createShardedAdapter(publisher, subscriber);
}

/** By a stream, from which a session that comes back can be given what it missed. */
async function streams(link: RedisLink): Promise<NonNullable<ServerOptions['adapter']>> {
  const { createAdapter } = await import('@socket.io/redis-streams-adapter');
  const client = careless(link.subscriber);
  const xAdd = client.xAdd.bind(client);
  return createAdapter(
    Object.assign(client, {
      xAdd: (...args: Parameters<typeof xAdd>) => link.carry(() => xAdd(...args)),
      duplicate: (
        (duplicate) => () =>
          careless(duplicate())
      )(client.duplicate.bind(client)),
    }),
  );
}

/** The adapter ignores the promises of these commands; a rejected one, while Redis is away, would end the process. */
function careless<Client extends RedisLink['subscriber']>(client: Client): Client {
  for (const name of ['publish', 'set', 'subscribe'] as const) {
    const command = client[name].bind(client) as (...args: unknown[]) => Promise<unknown>;
    Object.assign(client, { [name]: (...args: unknown[]) => command(...args).catch(() => undefined) });
  }
  return client;
}
