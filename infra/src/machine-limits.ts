import { portsAtOnce } from './free-port.ts';
import type { MachineReading } from './machine-reading.ts';
import { sizeWorkers } from './worker-sizing.ts';

/** The way from the generator to the server, all on one machine. */
export type LimitedRoute = 'direct' | 'nginx' | 'nginx-tls';

/** Bytes of memory for one idle connection, on each side. The defaults are this project's own measurements. */
export interface ConnectionCost {
  readonly serverBytes: number;
  readonly generatorBytes: number;
  /** Nginx, both of its sockets. */
  readonly proxyBytes: number;
  readonly proxyTlsBytes: number;
  /** The kernel's memory for one socket that has nothing queued. */
  readonly socketBytes: number;
}

/**
 * Measured here in November 2026 on Linux 6.18 over 1000 to 6000 idle connections: Nginx 1.22.1 17.7 KiB, with TLS 1.3
 * 54 KiB; the kernel's slab 4.7 KiB a socket. The server's is socket.io's, the largest of the three.
 */
export const measuredCost: ConnectionCost = {
  serverBytes: 21 * 1024,
  generatorBytes: 4 * 1024,
  proxyBytes: 18 * 1024,
  proxyTlsBytes: 54 * 1024,
  socketBytes: 5 * 1024,
};

/** One thing that bounds the number of connections, and what raises it. */
export interface Limit {
  readonly name: 'memory' | 'open files' | 'connection tracking';
  /** Connections that it allows. */
  readonly connections: number;
  /** A sentence: what there is and what one connection takes of it. */
  readonly because: string;
  /** What raises it, for example a line for sysctl.conf; absent where only more hardware does. */
  readonly raise?: string;
}

/** What it takes to hold a number of connections on one route. */
export interface ConnectionPlan {
  readonly route: LimitedRoute;
  /** The number that was asked for, or the most that the machine allows when that is less. */
  readonly connections: number;
  readonly limitedBy?: Limit;
  readonly limits: readonly Limit[];
  /** Server processes, each with its own descriptors. */
  readonly instances: number;
  readonly generatorProcesses: number;
  /** Addresses of 127.0.0.0/8 that the generator must spread over. */
  readonly sourceAddresses: number;
  /** Absent on the direct route. */
  readonly nginx?: {
    readonly workerProcesses: number;
    readonly workerConnections: number;
    readonly sourceAddresses: number;
  };
  /** Settings that would need fewer processes or addresses, or take connections faster; a sentence each. */
  readonly advice: readonly string[];
}

/** Descriptors that a Node.js process has open beside its connections. */
const OWN_DESCRIPTORS = 100;
const MEMORY_RESERVE = 0.15;
const MIB = 1_048_576;

/**
 * The processes, addresses and limits for `wanted` connections. Pure.
 * @param listenPorts ports that the proxy (or each instance, without one) listens on.
 */
export function planConnections(
  machine: MachineReading,
  route: LimitedRoute,
  wanted: number,
  cost: ConnectionCost = measuredCost,
  listenPorts = 1,
): ConnectionPlan {
  const limits = limitsOf(machine, route, wanted, cost);
  const tightest = limits.reduce((least, limit) => (limit.connections < least.connections ? limit : least));
  const connections = Math.min(wanted, tightest.connections);
  const perProcess = Math.max(1, machine.descriptors - OWN_DESCRIPTORS);
  const instances = Math.max(1, Math.ceil(connections / perProcess));
  const ports = portsAtOnce(machine.localPortRange);
  const destinations = route === 'direct' ? instances * listenPorts : listenPorts;
  const plan = {
    route,
    connections,
    limits,
    ...(connections < wanted ? { limitedBy: tightest } : {}),
    instances,
    generatorProcesses: instances,
    sourceAddresses: Math.max(1, Math.ceil(connections / (ports * destinations))),
  };
  const advice = adviceFor(machine, plan);
  if (route === 'direct') return { ...plan, advice };
  const sizing = sizeWorkers({
    connections,
    descriptors: machine.descriptors,
    cpus: machine.cores,
    ports,
    upstreams: instances,
    listeners: listenPorts + 1,
  });
  const { workerProcesses, workerConnections, sourceAddresses } = sizing;
  return { ...plan, advice, nginx: { workerProcesses, workerConnections, sourceAddresses } };
}

function limitsOf(
  machine: MachineReading,
  route: LimitedRoute,
  wanted: number,
  cost: ConnectionCost,
): Limit[] {
  const sockets = route === 'direct' ? 2 : 4;
  const proxyBytes = { direct: 0, nginx: cost.proxyBytes, 'nginx-tls': cost.proxyTlsBytes }[route];
  const bytes = cost.serverBytes + cost.generatorBytes + proxyBytes + sockets * cost.socketBytes;
  const usable = machine.memoryAvailableBytes * (1 - MEMORY_RESERVE);
  const limits: Limit[] = [
    {
      name: 'memory',
      connections: Math.floor(usable / bytes),
      because: `${Math.round(usable / MIB)} MiB are free to use, and a connection takes about ${Math.round(bytes / 1024)} KiB over server, generator${route === 'direct' ? '' : ', Nginx'} and kernel`,
    },
    {
      name: 'open files',
      connections: Math.floor(machine.fileMax / sockets),
      because: `fs.file-max is ${machine.fileMax}, and a connection takes ${sockets}`,
      raise: `fs.file-max = ${powerOfTwo(wanted * sockets * 2)}`,
    },
  ];
  const { conntrack } = machine;
  // A table that stays empty is one that no firewall rule fills.
  if (conntrack && conntrack.count > 0) {
    const entries = sockets / 2;
    limits.push({
      name: 'connection tracking',
      connections: Math.floor((conntrack.max - conntrack.count) / entries),
      because: `nf_conntrack_max is ${conntrack.max}, ${conntrack.count} are taken, and a connection takes ${entries} where loopback is tracked`,
      raise: `net.netfilter.nf_conntrack_max = ${powerOfTwo(conntrack.count + wanted * entries)}`,
    });
  }
  return limits;
}

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, atLeast)));
}

const WIDE_PORTS = 64_000;
const DEEP_BACKLOG = 65_535;

function adviceFor(
  machine: MachineReading,
  plan: Pick<ConnectionPlan, 'connections' | 'instances' | 'sourceAddresses'>,
): string[] {
  const [low, high] = machine.localPortRange;
  const advice: string[] = [];
  if (plan.instances > 1) {
    advice.push(
      `a process has ${machine.descriptors} descriptors, so it takes ${plan.instances} instances; ` +
        `a hard limit (ulimit -Hn) of up to fs.nr_open, ${machine.nrOpen}, would need fewer`,
    );
  }
  if (machine.descriptorsSoft < machine.descriptors) {
    advice.push(
      `the soft limit of descriptors is ${machine.descriptorsSoft}: raise it with \`ulimit -n ${machine.descriptors}\``,
    );
  }
  if (plan.sourceAddresses > 1 && high - low < WIDE_PORTS) {
    advice.push(
      `net.ipv4.ip_local_port_range is ${low} ${high}, so clients need ${plan.sourceAddresses} source addresses; ` +
        '`net.ipv4.ip_local_port_range = 1024 65535` needs half as many',
    );
  }
  if (machine.somaxconn < DEEP_BACKLOG && plan.connections > machine.somaxconn) {
    advice.push(
      `net.core.somaxconn is ${machine.somaxconn}: a burst of more connections than that waits for SYN retries; ` +
        `net.core.somaxconn = ${DEEP_BACKLOG} takes them`,
    );
  }
  return advice;
}
