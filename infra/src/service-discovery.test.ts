// How Nginx finds the replicas behind one name: at start, or again and again.
import { describe, expect, test } from 'vitest';
import { startBackend } from './testing/backend.ts';
import { startDns } from './testing/dns.ts';
import { composeNginx } from './testing/newer-nginx.ts';
import { nginxHere } from './testing/nginx-here.ts';
import { proxied, rawProxy } from './testing/proxied.ts';

describe.runIf(nginxHere)('a name in an upstream without `resolve`', () => {
  test('is looked up while the config is read: unknown then, Nginx does not start', async (t) => {
    await expect(proxied(t, { upstreams: ['no-such-service.invalid:8000'] })).rejects.toThrow(
      /host not found in upstream "no-such-service.invalid:8000"/,
    );
  });
});

describe.runIf(composeNginx)('a name in an upstream with `resolve`', () => {
  test('follows replicas that come and go, without a reload', { timeout: 30_000 }, async (t) => {
    const hosts = ['127.30.0.1', '127.30.0.2', '127.30.0.3'] as const;
    const first = await startBackend('a', { host: hosts[0] });
    const port = Number(first.upstream.split(':')[1]);
    const backends = [
      first,
      ...(await Promise.all(hosts.slice(1).map((host, i) => startBackend('bc'[i]!, { host, port })))),
    ];
    const dns = await startDns(hosts.slice(0, 1));
    t.onTestFinished(async () => {
      dns.close();
      await Promise.all(backends.map((backend) => backend.die()));
    });
    const { binary, fit } = composeNginx!;
    const { port: proxyPort } = await rawProxy(
      t,
      { variant: 'compose', upstreams: [`ws-server:${port}`] },
      (text) => fit(text).replace('127.0.0.11 valid=5s', `127.0.0.1:${dns.port} valid=1s`),
      binary,
    );
    const instances = async () => {
      const answers = Array.from({ length: 9 }, () => fetch(`http://127.0.0.1:${proxyPort}/healthz`));
      const names = (await Promise.all(answers)).map((answer) => answer.headers.get('x-instance') ?? '502');
      return [...new Set(names)].sort().join();
    };
    const within = { timeout: 10_000, interval: 200 };
    await t.expect.poll(instances, within).toBe('a');
    dns.addresses = hosts;
    await t.expect.poll(instances, within).toBe('a,b,c');
    dns.addresses = hosts.slice(1);
    await t.expect.poll(instances, within).toBe('b,c');
  });
});
