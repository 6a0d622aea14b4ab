import { setTimeout } from 'node:timers/promises';
import type { RunningServer } from '@ws-arena/contract/running-server';
import type { Peer } from '@ws-arena/contract/suite/peer';
import type { Target } from '@ws-arena/contract/targets';
import type { BalanceMethod } from '@ws-arena/infra/balance-method';
import type { RunningProxy } from '@ws-arena/infra/running-proxy';
import { connectionsOf } from '../measure/samples.ts';
import { SharedBed, TestBed } from '../processes/test-bed.ts';
import { manySubnets, oneSubnet } from './balance-clients.ts';

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

/** A client of a known address. */
interface BalanceClient {
  readonly address: string;
  readonly peer: Peer;
}

/** Runs the experiment for one method on fresh instances. Everything it starts has ended when it returns. */
export async function balanceExperiment(
  target: Target,
  method: BalanceMethod,
  clients: number,
  interrupted: AbortSignal,
): Promise<BalanceFinding> {
  const bed = new TestBed(new SharedBed(interrupted));
  bed.unpin();
  try {
    const servers = await bed.servers(INSTANCES, target);
    const proxy = await bed.proxy(servers, { method, connections: clients * 2 });
    const connect: Connect = (addresses) =>
      Promise.all(
        addresses.map(async (address) => {
          const peer = await bed.peer(servers[0]!, proxy, { localAddress: address });
          return { address, peer };
        }),
      );
    const leave = async (leaving: readonly BalanceClient[]): Promise<void> => {
      for (const { peer } of leaving) peer.raw.destroy();
      await settled(servers, 0);
    };
    const spread = async (addresses: readonly string[]): Promise<number[]> => {
      const all = await connect(addresses);
      const counts = await settled(servers, clients);
      await leave(all);
      return counts;
    };
    const [near, far] = [await spread(oneSubnet(clients)), await spread(manySubnets(clients))];
    const sameInstance = await returning(servers, connect, leave);
    const staying = await connect(manySubnets(clients));
    const cutByReload = await reloadWith(staying, proxy, bed);
    await leave(staying);
    const death = await dying(servers, connect, clients);
    return { method, oneSubnet: near, manySubnets: far, sameInstance, cutByReload, death };
  } finally {
    await bed.close();
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
  bed: TestBed,
): Promise<number> {
  await proxy.reload();
  await bed.sleep(1000);
  return endedOf(clients).length;
}

const endedOf = (clients: readonly BalanceClient[]) => clients.filter(({ peer }) => peer.raw.ended);

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
  while (endedOf(clients).length < cut && performance.now() < deadline) await setTimeout(20);
  const gone = endedOf(clients);
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
