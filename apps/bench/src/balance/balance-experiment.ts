import { setTimeout } from 'node:timers/promises';
import { parseConfig } from '@ws-arena/config/parse-config';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import type { Target } from '@ws-arena/contract/targets';
import type { BalanceMethod } from '@ws-arena/infra/balance-method';
import { type RunningProxy, startProxy } from '@ws-arena/infra/running-proxy';
import { connectionsOf } from '../measure/samples.ts';
import { type BalanceClient, connectFrom, disconnect, manySubnets, oneSubnet } from './balance-clients.ts';

/** What one method did with `clients` connections over three instances. */
export interface BalanceFinding {
  readonly method: BalanceMethod;
  /** Connections of each instance. */
  readonly oneSubnet: readonly number[];
  readonly manySubnets: readonly number[];
  /** Share of clients that came back to the instance they had, 0 to 1. */
  readonly sameInstance: number;
  /** After one instance was killed: connections cut, whether all of them could come back, and where they went. */
  readonly death: { readonly cut: number; readonly returned: number; readonly spread: readonly number[] };
  /** Connections cut within a second of a reload of Nginx. */
  readonly cutByReload: number;
}

const INSTANCES = 3;
const RETURNERS = 24;
const SETTLED_MS = 5000;

/** Runs the experiment for one method on fresh instances. Everything it starts has ended when it returns. */
export async function balanceExperiment(
  target: Target,
  method: BalanceMethod,
  clients: number,
  interrupted: AbortSignal,
): Promise<BalanceFinding> {
  const config = parseConfig({ port: 0 });
  const servers = await Promise.all(
    Array.from({ length: INSTANCES }, () => startServer(target, config, { signal: interrupted })),
  );
  const opening = target.capabilities.wire === 'websocket' ? '' : '?EIO=4&transport=websocket';
  const upstreams = servers.map((server) => `127.0.0.1:${server.port}`);
  const proxy = await startProxy({ config, upstreams, method, connections: clients * 2 }).catch(
    async (error: unknown) => {
      await Promise.all(servers.map((server) => server.kill()));
      throw error;
    },
  );
  const open: BalanceClient[] = [];
  const connect = async (addresses: readonly string[]): Promise<BalanceClient[]> => {
    interrupted.throwIfAborted();
    const opened = await Promise.all(
      addresses.map((address) => connectFrom(address, proxy.port, config.path + opening)),
    );
    open.push(...opened);
    return opened;
  };
  const leave = async (leaving: readonly BalanceClient[]): Promise<void> => {
    disconnect(leaving);
    await settled(servers, 0);
  };
  try {
    const near = await connect(oneSubnet(clients));
    const nearCounts = await settled(servers, clients);
    await leave(near);
    const far = await connect(manySubnets(clients));
    const farCounts = await settled(servers, clients);
    await leave(far);
    const sameInstance = await returning(servers, connect, leave);
    const cutByReload = await reloadWith(await connect(manySubnets(clients)), proxy, interrupted);
    await leave(open);
    const death = await dying(servers, connect, clients);
    return { method, oneSubnet: nearCounts, manySubnets: farCounts, sameInstance, cutByReload, death };
  } finally {
    disconnect(open);
    await proxy.stop();
    await Promise.all(servers.map((server) => server.kill()));
  }
}

type Connect = (addresses: readonly string[]) => Promise<BalanceClient[]>;

/** Clients that come one by one, leave and come back: how many find the instance that they had. */
async function returning(
  servers: readonly RunningServer[],
  connect: Connect,
  leave: (clients: readonly BalanceClient[]) => Promise<void>,
): Promise<number> {
  let same = 0;
  for (const address of manySubnets(RETURNERS)) {
    const visits: number[] = [];
    for (let visit = 0; visit < 2; visit += 1) {
      const client = await connect([address]);
      visits.push((await settled(servers, 1)).indexOf(1));
      await leave(client);
    }
    if (visits[0] === visits[1]) same += 1;
  }
  return same / RETURNERS;
}

async function reloadWith(
  clients: readonly BalanceClient[],
  proxy: RunningProxy,
  interrupted: AbortSignal,
): Promise<number> {
  await proxy.reload();
  await setTimeout(1000, undefined, { signal: interrupted });
  return clients.filter((client) => client.ended).length;
}

async function dying(
  servers: readonly RunningServer[],
  connect: Connect,
  count: number,
): Promise<BalanceFinding['death']> {
  const clients = await connect(manySubnets(count));
  await settled(servers, count);
  await servers[0]!.kill();
  const alive = servers.slice(1);
  const left = (await connectionsOf(alive)).reduce((sum, n) => sum + n, 0);
  const cut = count - left;
  const deadline = performance.now() + SETTLED_MS;
  while (clients.filter((client) => client.ended).length < cut && performance.now() < deadline)
    await setTimeout(20);
  const gone = clients.filter((client) => client.ended);
  const returned = (await Promise.allSettled(gone.map((client) => connect([client.address])))).filter(
    (one) => one.status === 'fulfilled',
  ).length;
  return { cut: gone.length, returned, spread: [0, ...(await settled(alive, left + returned))] };
}

/** The connections of each instance, from its `/metrics`, once they add up to `total`. @throws Error when they do not. */
export async function settled(servers: readonly RunningServer[], total: number): Promise<number[]> {
  const deadline = performance.now() + SETTLED_MS;
  for (;;) {
    const now = await connectionsOf(servers);
    const sum = now.reduce((all, n) => all + n, 0);
    if (sum === total) return now;
    if (performance.now() > deadline)
      throw new Error(`the instances count ${sum} connections, and ${total} are open`);
    await setTimeout(10);
  }
}
