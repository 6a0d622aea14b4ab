import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunningServer } from '@ws-arena/contract/running-server';
import { type NginxBinary, nginxBinary } from '@ws-arena/infra/nginx-binary';
import type { RunningProxy } from '@ws-arena/infra/running-proxy';
import { settled } from '../../balance/balance-experiment.ts';
import type { TestBed } from '../../processes/test-bed.ts';
import { claim, count, doesNotHold, holds, holdsIf, NotTried } from '../claim.ts';

const run = promisify(execFile);
const PORT_TRIES = 5;
const ADDRESSES = ['127.40.0.1', '127.40.0.2', '127.40.0.3'] as const;
const CLIENTS = 30;

/**
 * Nginx in a mount namespace of its own, whose /etc/hosts is `hosts`: there `wsserver` has as many addresses as a name of
 * Docker's DNS has replicas, and getaddrinfo(3) gives Nginx all of them, as Docker's DNS does.
 * @throws NotTried where no such namespace may be made.
 */
async function withHosts(folder: string, hosts: string): Promise<NginxBinary> {
  const binary = await nginxBinary();
  const own = ['unshare', '--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];
  const mount = `mount --bind ${hosts} /etc/hosts`;
  await run(own[0]!, [...own.slice(1), 'sh', '-c', mount]).catch((cause: Error) => {
    throw new NotTried(
      `a name with several addresses needs a mount namespace: ${cause.message.split('\n')[0]}`,
      {
        cause,
      },
    );
  });
  const path = join(folder, 'nginx');
  await writeFile(
    path,
    `#!/bin/sh\nexec ${own.join(' ')} sh -c '${mount} && exec "$0" "$@"' ${binary.path} "$@"\n`,
  );
  await chmod(path, 0o755);
  return { ...binary, path };
}

const hostsOf = (addresses: readonly string[]) =>
  addresses.map((address) => `${address} wsserver\n`).join('');

/** One port on all three addresses, as replicas have. */
async function replicas(bed: TestBed): Promise<RunningServer[]> {
  for (let attempt = 1; ; attempt += 1) {
    const first = await bed.server('ws', { host: ADDRESSES[0] });
    try {
      const others = ADDRESSES.slice(1).map((host) => bed.server('ws', { host, port: first.port }));
      return [first, ...(await Promise.all(others))];
    } catch (error) {
      if (attempt === PORT_TRIES) throw error;
    }
  }
}

/** Opens clients, and counts those that each replica has. */
async function spread(
  bed: TestBed,
  servers: readonly RunningServer[],
  proxy: RunningProxy,
): Promise<number[]> {
  const peers = await bed.peers(CLIENTS, servers[0]!, proxy);
  const counts = await settled(servers, CLIENTS);
  for (const peer of peers) peer.raw.destroy();
  await settled(servers, 0);
  return counts;
}

export const dockerDns = claim({
  id: 'docker-dns',
  part: 'Balancing',
  says: 'Docker’s DNS balances requests to `server wsserver:8000` over all replicas by itself.',
  experiment: `Nginx with the article’s upstream line in a mount namespace whose /etc/hosts gives \`wsserver\` one to three addresses, as Docker’s DNS does for replicas; ${CLIENTS} clients each time. No Docker here.`,
  measure: async (bed) => {
    const folder = await mkdtemp(join(tmpdir(), 'ws-arena-dns-'));
    bed.onEnd(() => rm(folder, { recursive: true, force: true }));
    const hosts = join(folder, 'hosts');
    await writeFile(hosts, hostsOf(ADDRESSES));
    const binary = await withHosts(folder, hosts);
    const servers = await replicas(bed);
    // The file keeps its inode, which is what the namespace has mounted.
    const nginx = async (addresses: readonly string[]) => {
      await writeFile(hosts, hostsOf(addresses));
      const upstream = `server wsserver:${servers[0]!.port}`;
      return bed.proxy(servers.slice(0, 1), {
        binary,
        rewrite: (text) => text.replace(/server 127\.0\.0\.1:\d+/, upstream),
      });
    };
    const used = async (proxy: RunningProxy) =>
      count((await spread(bed, servers, proxy)).filter((one) => one > 0).length, CLIENTS);
    const atStart = await used(await nginx(ADDRESSES));
    const proxy = await nginx(ADDRESSES.slice(0, 1));
    await writeFile(hosts, hostsOf(ADDRESSES));
    const grown = await used(proxy);
    await proxy.reload();
    const reloaded = await used(proxy);
    const starts = await nginx([]).then(
      () => 1,
      (error: Error) => {
        if (/host not found in upstream/.test(error.message)) return 0;
        throw error;
      },
    );
    return {
      'replicas in the name when Nginx starts: with clients': atStart,
      'replicas after the name has grown from 1 to 3: with clients': grown,
      'the same after a reload': reloaded,
      'a name that is not there yet: Nginx starts': count(starts),
    };
  },
  judge: (figures) => {
    const atStart = figures['replicas in the name when Nginx starts: with clients'].value;
    const grown = figures['replicas after the name has grown from 1 to 3: with clients'].value;
    if (atStart < 3) return doesNotHold(`Only ${atStart} of 3 replicas had clients.`);
    if (grown === 3) return holds('Replicas that came later had clients too.');
    const late =
      figures['a name that is not there yet: Nginx starts'].value === 0
        ? ' Without any replica Nginx does not start at all.'
        : '';
    return holdsIf(
      `All replicas run before Nginx starts. It is Nginx that balances, over the addresses that the name had then: of 3 replicas ${grown} had clients until a reload.${late} \`resolve\` follows them (Nginx 1.27.3).`,
    );
  },
});
