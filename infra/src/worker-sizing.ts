/** What the number of workers is computed from. */
export interface SizingInput {
  /** Client connections expected at the same time, over all workers. */
  readonly connections: number;
  /** Descriptors that one process may have (`ulimit -Hn`). */
  readonly descriptors: number;
  /** CPUs that Nginx may run on: that many workers at least. */
  readonly cpus: number;
  /** Ports of one source address towards one instance, `portsAtOnce`. */
  readonly ports: number;
  /** Instances behind the proxy, each with an address and port of its own. */
  readonly upstreams: number;
  /** Addresses that Nginx listens on, the one of stub_status included. */
  readonly listeners: number;
  /** Files that Nginx keeps open for each socket of a client, default 0. */
  readonly filesPerSocket?: number;
}

/** The directives that follow from it. */
export interface WorkerSizing {
  readonly workerProcesses: number;
  /** Per worker; a proxied socket takes two, one to each side. */
  readonly workerConnections: number;
  /** `worker_rlimit_nofile`, never above the descriptors that were given. */
  readonly descriptors: number;
  /** Source addresses needed towards the upstreams; 1 needs no `proxy_bind`. */
  readonly sourceAddresses: number;
}

/** Connections per socket of a client: its own and the one to the upstream. */
export const CONNECTIONS_PER_SOCKET = 2;
/** The kernel spreads by hash over workers and ports, never evenly: room for the fullest one. */
const UNEVEN = 1.2;
const MIN_CONNECTIONS = 1024;
/** Log, epoll, eventfd, pid and what OpenSSL opens. */
const OWN_DESCRIPTORS = 40;

/**
 * Workers, connections and descriptors for a number of clients. A worker inherits the listening sockets of all
 * workers (`reuseport`) and a channel to each, so descriptors are counted per worker twice over.
 */
export function sizeWorkers(input: SizingInput): WorkerSizing {
  const { connections, descriptors, cpus, ports, upstreams, listeners, filesPerSocket = 0 } = input;
  const overhead = (workers: number) => OWN_DESCRIPTORS + workers * (listeners + 2);
  const clientsPerWorker = (workers: number) =>
    Math.floor((descriptors - overhead(workers)) / (CONNECTIONS_PER_SOCKET + filesPerSocket));
  let workers = Math.max(1, cpus);
  while (
    clientsPerWorker(workers + 1) * (workers + 1) > clientsPerWorker(workers) * workers &&
    Math.ceil((connections / workers) * UNEVEN) > clientsPerWorker(workers)
  )
    workers += 1;
  const clients = Math.ceil((connections / workers) * (workers > 1 ? UNEVEN : 1));
  const wanted = Math.max(MIN_CONNECTIONS, clients * CONNECTIONS_PER_SOCKET + listeners + workers + 8);
  const workerConnections = Math.min(wanted, Math.max(MIN_CONNECTIONS / 4, descriptors - overhead(workers)));
  return {
    workerProcesses: workers,
    workerConnections,
    descriptors: Math.min(descriptors, workerConnections + clients * filesPerSocket + overhead(workers)),
    sourceAddresses: Math.max(1, Math.ceil((connections * UNEVEN) / (ports * Math.max(1, upstreams)))),
  };
}
