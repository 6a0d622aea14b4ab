import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { repoRoot } from '@ws-arena/contract/repo-root';
import type { Environment } from '@ws-arena/results/environment';
import type { BenchConfig } from '../plan/bench-config.ts';
import type { Pinning } from '../processes/pinning.ts';

const run = promisify(execFile);

/** What this run is made on. Anything that cannot be found out is absent. */
export async function environment(
  config: BenchConfig,
  pins: Pinning,
  programs: Pick<Environment, 'nginx' | 'redis'> = {},
): Promise<Environment> {
  const [go, gitCommit, dirty] = await Promise.all([
    said('go', ['version']),
    said('git', ['rev-parse', '--short', 'HEAD']),
    said('git', ['status', '--porcelain', '--untracked-files=no']),
  ]);
  const ports = read('/proc/sys/net/ipv4/ip_local_port_range')?.trim().split(/\s+/).map(Number);
  const somaxconn = read('/proc/sys/net/core/somaxconn');
  return {
    cpuModel: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    kernel: `${type()} ${release()}`,
    os: `${/PRETTY_NAME="(.+)"/.exec(read('/etc/os-release') ?? '')?.[1] ?? process.platform} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    openssl: process.versions.openssl,
    descriptors: Number(/Max open files\s+\d+\s+(\d+)/.exec(read('/proc/self/limits') ?? '')?.[1] ?? 0),
    pinning: pins.sentence,
    ...cpusOf(pins),
    settings: config.settings,
    ...(go && { go: go.replace(/^go version (\S+).*/, '$1') }),
    ...programs,
    ...(gitCommit && { gitCommit: dirty ? `${gitCommit} with changes` : gitCommit }),
    ...(somaxconn && { somaxconn: Number(somaxconn) }),
    ...(ports?.length === 2 && { localPortRange: [ports[0]!, ports[1]!] as const }),
  };
}

function cpusOf({ server, proxy, generator }: Pinning): Pick<Environment, 'cpus'> {
  if (server === undefined || proxy === undefined || generator === undefined) return {};
  return { cpus: { server, proxy, generator } };
}

async function said(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(command, [...args], { cwd: repoRoot })).stdout.trim();
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
