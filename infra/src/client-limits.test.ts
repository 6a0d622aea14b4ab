// What one client address may open through Nginx, on a real one.
import { describe, expect, test } from 'vitest';
import { nginxHere } from './testing/nginx-here.ts';
import { fastConfig, proxied } from './testing/proxied.ts';

describe.runIf(nginxHere).concurrent('one client address', { timeout: 30_000 }, () => {
  test('gets 429 above its connections; another address, /healthz and a place that came free do not', async (t) => {
    const config = { ...fastConfig, proxyConnectionsPerAddress: 2 };
    const { proxy, open } = await proxied(t, { config, workers: 2, pingPeriodMs: 200 });
    const here = { localAddress: '127.0.0.2' };
    const first = await open(proxy.url, here);
    const second = await open(proxy.url, here);
    await expect(open(proxy.url, here)).rejects.toThrow('429');
    expect(await second.echo('untouched')).toBe('untouched');
    await open(proxy.url, { localAddress: '127.0.0.3' });
    expect((await fetch(`${proxy.httpUrl}/healthz`)).status).toBe(200);
    first.end();
    await t.expect.poll(async () => (await proxy.stubStatus()).writing).toBe(2);
    expect(await (await open(proxy.url, here)).echo('again')).toBe('again');
  });

  test('gets 429 above its handshakes; those within the burst are not held back', async (t) => {
    const config = { ...fastConfig, proxyHandshakesPerSec: 1, proxyHandshakeBurst: 9 };
    const { proxy, open } = await proxied(t, { config, pingPeriodMs: 200 });
    const localAddress = '127.0.0.2';
    const tries = await Promise.allSettled(
      Array.from({ length: 60 }, () => open(proxy.url, { localAddress })),
    );
    const refused = tries.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    // One more for each second that the sixty took: they need not be fast, only faster than one a second.
    expect(tries.length - refused.length).toBeGreaterThanOrEqual(10);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter((reason) => !reason.includes('429'))).toEqual([]);
    await open(proxy.url, { localAddress: '127.0.0.3' });
  });
});
