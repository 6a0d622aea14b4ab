import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { certificateFiles } from './certificate.ts';
import { cpuCount, startProxy } from './running-proxy.ts';
import { nginxHere } from './testing/nginx-here.ts';
import { fastConfig, proxied } from './testing/proxied.ts';
import { resumed } from './testing/resumed.ts';

const tls = { ...(await certificateFiles()), versions: ['TLSv1.2', 'TLSv1.3'] } as const;

/** A worker whose master was killed stays a zombie until init reaps it, and a zombie is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}`) || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The serial number of the certificate that a new connection is shown. */
async function serialAt(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

const hasTaskset = existsSync('/usr/bin/taskset');
if (!hasTaskset) console.warn('skipped: Nginx on the CPUs given: no /usr/bin/taskset here');

describe.runIf(nginxHere).concurrent('a running proxy', { timeout: 30_000 }, () => {
  test('is a master and its workers, all gone after stop', async (t) => {
    const { proxy, open } = await proxied(t, { workers: 2 });
    const client = await open(proxy.url);
    const pids = proxy.pids();
    expect(pids).toHaveLength(3);
    expect(pids[0]).toBe(proxy.pid);
    expect(pids.every(isAlive)).toBe(true);
    await proxy.stop();
    expect(await proxy.exited).toEqual({ code: 0, signal: null });
    expect(await client.closed).toBe(1006);
    await t.expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });

  test('killed takes its workers along, and says how it ended', async (t) => {
    const { proxy, open } = await proxied(t, { workers: 2 });
    const client = await open(proxy.url);
    const pids = proxy.pids();
    await proxy.kill();
    expect(await proxy.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await client.closed).toBe(1006);
    await t.expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });

  test('a master that somebody else kills leaves no worker', async (t) => {
    const { proxy } = await proxied(t, { workers: 2 });
    const pids = proxy.pids();
    process.kill(proxy.pid, 'SIGKILL');
    expect((await proxy.exited).signal).toBe('SIGKILL');
    await t.expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });

  test('ends when the process that started it is killed', async (t) => {
    const script = fileURLToPath(new URL('./testing/proxy-parent.ts', import.meta.url));
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const pids = JSON.parse(line) as number[];
    expect(pids.filter(isAlive)).toEqual(pids);
    parent.kill('SIGKILL');
    await t.expect.poll(() => pids.filter(isAlive), { timeout: 5000 }).toEqual([]);
  });

  test('stub_status counts live sockets, in writing, and forgets them', async (t) => {
    const { proxy, open } = await proxied(t);
    expect(await proxy.stubStatus()).toMatchObject({ active: 0, reading: 0, writing: 0, waiting: 0 });
    const clients = await Promise.all(Array.from({ length: 7 }, () => open(proxy.url)));
    expect(await proxy.stubStatus()).toMatchObject({ active: 7, reading: 0, writing: 7, waiting: 0 });
    for (const client of clients) client.end();
    await t.expect.poll(async () => (await proxy.stubStatus()).active).toBe(0);
  });

  test('reload without a shutdown timeout keeps old connections on the old worker for ever', async (t) => {
    const { proxy, open } = await proxied(t);
    const client = await open(proxy.url);
    const [, old] = proxy.pids();
    await proxy.reload();
    expect(await client.echo('kept')).toBe('kept');
    expect(proxy.pids()).toHaveLength(3);
    expect(proxy.pids()).toContain(old);
    // The new workers share the old one's statistics.
    expect((await proxy.stubStatus()).active).toBe(1);
  });

  test('reload with worker_shutdown_timeout cuts them when it is over, without a close frame', async (t) => {
    const { proxy, open } = await proxied(t, { workerShutdownTimeoutMs: 300 });
    const client = await open(proxy.url);
    const [, old] = proxy.pids();
    await proxy.reload();
    expect(await client.closed).toBe(1006);
    await t.expect.poll(() => isAlive(old!)).toBe(false);
    expect(await (await open(proxy.url)).echo('new')).toBe('new');
  });

  test('a reload brings a new certificate to who comes, and cuts nobody who is there', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'ws-arena-renewal-'));
    t.onTestFinished(() => rm(folder, { recursive: true }));
    const files = { certificate: join(folder, 'fullchain.pem'), key: join(folder, 'privkey.pem') };
    const install = async (name: string) => {
      const made = await certificateFiles(join(folder, name));
      await rename(made.certificate, files.certificate);
      await rename(made.key, files.key);
      return new X509Certificate(await readFile(files.certificate)).serialNumber;
    };
    const old = await install('old');
    const { proxy, open } = await proxied(t, {
      tls: { ...files, versions: ['TLSv1.3'], sessionReuse: true },
    });
    const client = await open(proxy.url);
    expect(await serialAt(proxy.port)).toBe(old);
    const renewed = await install('new');
    await proxy.reload();
    expect(await serialAt(proxy.port)).toBe(renewed);
    expect(renewed).not.toBe(old);
    expect(await client.echo('kept')).toBe('kept');
    expect(await (await open(proxy.url)).echo('new')).toBe('new');
  });

  test('reload brings other upstreams', async (t) => {
    const { proxy, backends, open } = await proxied(t, { count: 2 });
    await proxy.reload({ upstreams: [backends[1]!.upstream] });
    for (let i = 0; i < 4; i += 1) expect((await open(proxy.url)).instance).toBe('b');
  });

  test.each([
    ['TLSv1.2', true],
    ['TLSv1.3', true],
    ['TLSv1.2', false],
    ['TLSv1.3', false],
  ] as const)('%s with session reuse %s', async (version, sessionReuse) => {
    const proxy = await startProxy({
      config: fastConfig,
      upstreams: ['127.0.0.1:9'],
      workers: 1,
      tls: { ...tls, sessionReuse },
    });
    try {
      expect(proxy.url).toMatch(/^wss:/);
      expect(await resumed(proxy.port, version)).toEqual({ protocol: version, reused: sessionReuse });
    } finally {
      await proxy.stop();
    }
  });

  test('carries a WebSocket over TLS, and says so to the server', async (t) => {
    const { proxy, backends, open } = await proxied(t, { tls: { ...tls, sessionReuse: true } });
    const client = await open(proxy.url);
    expect(await client.echo('secret')).toBe('secret');
    expect(backends[0]!.lastRequest()?.headers['x-forwarded-proto']).toBe('https');
  });

  test('serves on several ports', async (t) => {
    const { proxy, open } = await proxied(t, { ports: 3 });
    expect(new Set(proxy.ports).size).toBe(3);
    for (const port of proxy.ports) await open(`ws://127.0.0.1:${port}/ws-notifications`);
  });

  test.runIf(hasTaskset)('runs on the CPUs given, with a worker for each', async (t) => {
    const { proxy } = await proxied(t, { cpus: '0' });
    for (const pid of proxy.pids()) {
      expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Cpus_allowed_list:\s+0$/m);
    }
  });

  test('what Nginx refuses is an error with its own words', async () => {
    await expect(
      startProxy({
        config: fastConfig,
        upstreams: ['127.0.0.1:9'],
        tls: { certificate: 'none.pem', key: 'none.pem', versions: ['TLSv1.3'], sessionReuse: false },
      }),
    ).rejects.toThrow(/nginx refused: .*cannot load certificate/);
  });
});

test('cpuCount reads a list of taskset', () => {
  expect(cpuCount('0')).toBe(1);
  expect(cpuCount('0,2-4')).toBe(4);
});
