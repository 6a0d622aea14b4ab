// What Nginx does to a connection after its 101; docs/nginx.md quotes these tests.
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { nginxHere } from './testing/nginx-here.ts';
import { fastConfig, proxied, rawProxy } from './testing/proxied.ts';

const READ_TIMEOUT = fastConfig.proxyReadTimeoutMs;

describe.runIf(nginxHere).concurrent('an upgraded connection', { timeout: 30_000 }, () => {
  test('with pings survives three times proxy_read_timeout without a message', async (t) => {
    const pingPeriodMs = fastConfig.pingPeriodMs;
    const { proxy, open } = await proxied(t, { pingPeriodMs });
    const client = await open(proxy.url);
    await client.pinged(Math.ceil((3 * READ_TIMEOUT) / pingPeriodMs) + 1);
    expect(await client.echo('still there')).toBe('still there');
  });

  test('without pings is cut at proxy_read_timeout, and the client sees 1006', async (t) => {
    const { proxy, backends, open } = await proxied(t);
    const startedAt = performance.now();
    const client = await open(proxy.url);
    expect(await client.closed).toBe(1006);
    // Nginx' clock stands still within a turn of its loop, so a little early is possible.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(READ_TIMEOUT * 0.9);
    await t.expect.poll(() => backends[0]!.connections()).toBe(0);
    // Nginx logs this at level info, as if it were the client's doing: the error log of a usual set-up is silent.
    expect(proxy.stderr()).not.toContain('timed out');
  });

  test('and is told of at level info alone, as if it were the client’s doing', async (t) => {
    const { backends, open } = await proxied(t);
    const { port, stderr } = await rawProxy(t, { upstreams: [backends[0]!.upstream] }, (text) =>
      text.replace('error_log stderr notice;', 'error_log stderr info;'),
    );
    const client = await open(`ws://127.0.0.1:${port}/ws-notifications`);
    expect(await client.closed).toBe(1006);
    await t.expect.poll(stderr).toMatch(/\[info\].*upstream timed out.*while proxying upgraded connection/);
  });

  test('that does not read is cut at send_timeout, not at proxy_send_timeout', async (t) => {
    const { backends, open } = await proxied(t);
    const { port, stderr } = await rawProxy(t, { upstreams: [backends[0]!.upstream] }, (text) =>
      text
        .replace('error_log stderr notice;', 'error_log stderr info;')
        .replace(/ send_timeout 2s;/, ' send_timeout 1s;'),
    );
    const client = await open(`ws://127.0.0.1:${port}/ws-notifications`);
    client.stopReading();
    // More than the buffers of the kernel on both sides take; its echo has nowhere to go.
    for (let i = 0; i < 160; i += 1) client.send('x'.repeat(65_000));
    await t.expect.poll(() => backends[0]!.connections(), { timeout: 15_000 }).toBe(0);
    await t.expect.poll(stderr).toMatch(/client timed out.*while proxying upgraded connection/);
  });

  test('is kept by traffic of the client alone: either direction arms the timeout anew', async (t) => {
    const { proxy, open } = await proxied(t);
    const client = await open(proxy.url, { autoPong: false });
    // Unsolicited pongs: the backend answers nothing.
    const beats = Math.ceil((2 * READ_TIMEOUT) / 400);
    for (let i = 0; i < beats; i += 1) {
      client.pong();
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    expect(await client.echo('kept')).toBe('kept');
  });

  test('passes each message on at once with proxy_buffering on too: the setting is not looked at after 101', async (t) => {
    const { backends, open } = await proxied(t);
    const { port } = await rawProxy(t, { upstreams: [backends[0]!.upstream] }, (text) =>
      text.replace('proxy_buffering off;', 'proxy_buffering on;'),
    );
    const client = await open(`ws://127.0.0.1:${port}/ws-notifications`);
    // One byte: were it kept until a buffer is full, it would never come.
    expect(await client.echo('x')).toBe('x');
  });

  test('is not made without the Upgrade header or HTTP/1.1, which Nginx drops by default', async (t) => {
    const { backends, open } = await proxied(t);
    const { port } = await rawProxy(t, { upstreams: [backends[0]!.upstream] }, (text) =>
      text.replace('proxy_set_header Upgrade $http_upgrade;', ''),
    );
    await expect(open(`ws://127.0.0.1:${port}/ws-notifications`)).rejects.toThrow(
      'Unexpected server response',
    );
  });

  test('carries messages far above client_max_body_size', async (t) => {
    const { proxy, open } = await proxied(t);
    const client = await open(proxy.url);
    const text = 'x'.repeat(fastConfig.readLimitBytes * 4);
    expect(await client.echo(text)).toBe(text);
  });

  test('while a polling request above client_max_body_size gets 413', async (t) => {
    const { proxy } = await proxied(t);
    const post = (bytes: number) => status(proxy.port, '/ws-notifications/', 'POST', 'x'.repeat(bytes));
    expect(await post(fastConfig.readLimitBytes)).toBe(200);
    expect(await post(fastConfig.readLimitBytes + 1)).toBe(413);
  });

  test('reaches the server with its own Host, and with where it came from', async (t) => {
    const { proxy, backends, open } = await proxied(t);
    await open(proxy.url, { localAddress: '127.1.2.3', headers: { 'x-forwarded-for': '192.0.2.1' } });
    expect(backends[0]!.lastRequest()?.headers).toMatchObject({
      host: `127.0.0.1:${proxy.port}`,
      upgrade: 'websocket',
      connection: 'upgrade',
      'x-real-ip': '127.1.2.3',
      'x-forwarded-for': '192.0.2.1, 127.1.2.3',
      'x-forwarded-proto': 'http',
    });
  });
});

describe.runIf(nginxHere)('the locations', () => {
  test('path with and without a slash, /healthz, and nothing else', async (t) => {
    const { proxy } = await proxied(t);
    expect(await status(proxy.port, '/ws-notifications')).toBe(200);
    expect(await status(proxy.port, '/ws-notifications/?EIO=4&transport=polling')).toBe(200);
    expect(await status(proxy.port, '/healthz')).toBe(200);
    expect(await status(proxy.port, '/metrics')).toBe(404);
    expect(await status(proxy.port, '/status')).toBe(404);
  });

  test('a location with a slash, as in step 1 of the article, answers the path without one by 301', async (t) => {
    const config = { ...fastConfig, path: '/ws-notifications/' };
    const { proxy, open } = await proxied(t, { config });
    await expect(open(proxy.url.replace(/\/$/, ''))).rejects.toThrow('301');
  });
});

function status(port: number, path: string, method = 'GET', body = ''): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, path, method, agent: false, headers: { 'content-length': body.length } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end(body);
  });
}
