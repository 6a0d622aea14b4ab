import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { localPortRange } from './free-port.ts';

/** What the machine says of itself, as far as it bounds the number of connections. Sizes in bytes. */
export interface MachineReading {
  /** Descriptors that a process may have: its soft limit, and the hard one up to which it may raise that. */
  readonly descriptorsSoft: number;
  readonly descriptors: number;
  /** `fs.nr_open`: what a hard limit may be raised to. */
  readonly nrOpen: number;
  /** `fs.file-max`: open files of the whole machine. */
  readonly fileMax: number;
  readonly cores: number;
  readonly memoryAvailableBytes: number;
  /** `net.ipv4.ip_local_port_range`, both ends included. */
  readonly localPortRange: readonly [number, number];
  readonly somaxconn: number;
  readonly tcpMaxSynBacklog: number;
  /** Absent where connection tracking is not loaded. */
  readonly conntrack?: { readonly count: number; readonly max: number };
}

/** Reads /proc; where a file is missing (not Linux), what Linux has by default. */
export function readMachine(): MachineReading {
  const conntrackMax = numberIn('/proc/sys/net/netfilter/nf_conntrack_max');
  const conntrackCount = numberIn('/proc/sys/net/netfilter/nf_conntrack_count') ?? 0;
  const kib = /^MemAvailable:\s+(\d+)/m.exec(textOf('/proc/meminfo') ?? '')?.[1];
  const [soft, hard] = descriptorLimits();
  return {
    descriptorsSoft: soft,
    descriptors: hard,
    nrOpen: numberIn('/proc/sys/fs/nr_open') ?? 1_048_576,
    fileMax: numberIn('/proc/sys/fs/file-max') ?? Number.MAX_SAFE_INTEGER,
    cores: availableParallelism(),
    memoryAvailableBytes: Number(kib ?? 1_048_576) * 1024,
    localPortRange: localPortRange(),
    somaxconn: numberIn('/proc/sys/net/core/somaxconn') ?? 4096,
    tcpMaxSynBacklog: numberIn('/proc/sys/net/ipv4/tcp_max_syn_backlog') ?? 1024,
    ...(conntrackMax === undefined ? {} : { conntrack: { count: conntrackCount, max: conntrackMax } }),
  };
}

/** The soft and the hard limit of this process; 1024 where they cannot be read. */
function descriptorLimits(): readonly [number, number] {
  const line = /^Max open files\s+(\S+)\s+(\S+)/m.exec(textOf('/proc/self/limits') ?? '');
  const limit = (text = '1024') => (text === 'unlimited' ? 1_048_576 : Number(text));
  return [limit(line?.[1]), limit(line?.[2])];
}

function numberIn(path: string): number | undefined {
  const text = textOf(path)?.trim();
  return text ? Number(text) : undefined;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
