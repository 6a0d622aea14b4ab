// How each method spreads clients, what a client that comes back gets, and what the loss of an instance does.
import { describe, expect, test } from 'vitest';
import { balanceMethods } from './balance-method.ts';
import { type Client, type connect, spread } from './testing/client.ts';
import { nginxHere } from './testing/nginx-here.ts';
import { proxied } from './testing/proxied.ts';

const count = 3;
const CLIENTS = 30;

/** Clients of one /24, as a compose network has them, and clients of a /24 each. */
const oneNet = Array.from({ length: CLIENTS }, (_, i) => `127.0.0.${i + 1}`);
const manyNets = Array.from({ length: CLIENTS }, (_, i) => `127.${(i * 37) % 199}.${(i * i * 13) % 251}.1`);

async function openAll(open: typeof connect, url: string, addresses: readonly string[]): Promise<Client[]> {
  const clients: Client[] = [];
  for (const localAddress of addresses) clients.push(await open(url, { localAddress }));
  return clients;
}

const instances = (clients: readonly Client[]) => clients.map((client) => client.instance);

describe.runIf(nginxHere).concurrent('balancing over three instances', { timeout: 30_000 }, () => {
  test('round robin is even, over two workers too, because the zone is shared', async (t) => {
    const { proxy, open } = await proxied(t, { count, workers: 2 });
    expect(spread(await openAll(open, proxy.url, oneNet))).toEqual({ a: 10, b: 10, c: 10 });
  });

  test('least_conn is even, and fills up an instance that lost its clients', async (t) => {
    const { proxy, open, backends } = await proxied(t, { count, method: 'least_conn' });
    const clients = await openAll(open, proxy.url, oneNet);
    expect(spread(clients)).toEqual({ a: 10, b: 10, c: 10 });
    const leaving = clients.filter((client) => client.instance === 'b');
    for (const client of leaving) client.end();
    await t.expect.poll(() => backends[1]!.connections()).toBe(0);
    expect(spread(await openAll(open, proxy.url, oneNet.slice(0, 10)))).toEqual({ b: 10 });
  });

  test('random two is about even', async (t) => {
    const { proxy, open } = await proxied(t, { count, method: 'random two' });
    const spreads = spread(await openAll(open, proxy.url, oneNet));
    expect(Object.keys(spreads).sort()).toEqual(['a', 'b', 'c']);
    // The emptier of two drawn ones: far from even is all but impossible.
    expect(Math.min(...Object.values(spreads))).toBeGreaterThanOrEqual(CLIENTS / 6);
  });

  test('ip_hash puts all clients of one /24 on one instance: it keys on three octets', async (t) => {
    const { proxy, open } = await proxied(t, { count, method: 'ip_hash' });
    expect(Object.values(spread(await openAll(open, proxy.url, oneNet)))).toEqual([CLIENTS]);
  });

  test('ip_hash spreads clients of many /24, and a client that comes back gets its instance', async (t) => {
    const { proxy, open } = await proxied(t, { count, method: 'ip_hash' });
    const first = await openAll(open, proxy.url, manyNets);
    expect(Object.keys(spread(first)).sort()).toEqual(['a', 'b', 'c']);
    expect(instances(await openAll(open, proxy.url, manyNets))).toEqual(instances(first));
  });

  test('hash on the whole address spreads one /24, and a client that comes back gets its instance', async (t) => {
    const { proxy, open } = await proxied(t, { count, method: 'hash' });
    const first = await openAll(open, proxy.url, oneNet);
    expect(Object.keys(spread(first)).sort()).toEqual(['a', 'b', 'c']);
    expect(instances(await openAll(open, proxy.url, oneNet))).toEqual(instances(first));
  });

  test('a cookie spreads one address, and a client that brings it back gets its instance', async (t) => {
    const { proxy, backends } = await proxied(t, { count, method: 'cookie', workers: 2 });
    const ask = async (cookie?: string) => {
      const url = proxy.url.replace('ws:', 'http:');
      const { headers } = await fetch(url, { headers: cookie === undefined ? {} : { cookie } });
      return { instance: headers.get('x-instance')!, set: headers.get('set-cookie') };
    };
    const first = await Promise.all(Array.from({ length: CLIENTS }, () => ask()));
    expect(new Set(first.map(({ instance }) => instance)).size).toBe(count);
    for (const { set } of first)
      expect(set).toMatch(/^route=[0-9a-f]{32}; Path=\/ws-notifications; HttpOnly; SameSite=Lax$/);
    const cookies = first.map(({ set }) => set!.split(';')[0]!);
    const again = await Promise.all(cookies.map(ask));
    expect(again).toEqual(first.map(({ instance }) => ({ instance, set: null })));
    await backends[0]!.die();
    const after = await Promise.all(cookies.map(ask));
    for (const [i, { instance }] of after.entries())
      if (first[i]!.instance === 'a') expect(instance).not.toBe('a');
      else expect(instance).toBe(first[i]!.instance);
  });

  test('an instance that dies: its clients see 1006, the others stay, and who comes back is served', async (t) => {
    const { proxy, open, backends } = await proxied(t, { count, method: 'hash' });
    const clients = await openAll(open, proxy.url, oneNet);
    const lost = clients.filter((client) => client.instance === 'a');
    const kept = clients.filter((client) => client.instance !== 'a');
    await backends[0]!.die();
    expect(await Promise.all(lost.map((client) => client.closed))).toEqual(lost.map(() => 1006));
    expect(await kept[0]!.echo('kept')).toBe('kept');
    const again = await openAll(open, proxy.url, oneNet);
    expect(again.filter((client) => client.instance === 'a')).toEqual([]);
    // The ring is consistent: clients of the other instances stay where they were.
    for (const [i, client] of clients.entries()) {
      if (client.instance !== 'a') expect(again[i]!.instance).toBe(client.instance);
    }
  });

  test.for(balanceMethods)('%s: when an instance has died, every new client is served', async (method, t) => {
    const { proxy, open, backends } = await proxied(t, { count, method });
    await backends[1]!.die();
    expect(Object.keys(spread(await openAll(open, proxy.url, manyNets))).sort()).toEqual(['a', 'c']);
  });

  test('all instances dead is 502', async (t) => {
    const { proxy, open, backends } = await proxied(t, { count });
    await Promise.all(backends.map((backend) => backend.die()));
    await expect(open(proxy.url)).rejects.toThrow('502');
  });
});
