import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** The ports that the system hands to outgoing connections, from /proc; Linux' default where there is none. */
export function localPortRange(): readonly [number, number] {
  try {
    const [low, high] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/);
    return [Number(low), Number(high)];
  } catch {
    return [32_768, 60_999];
  }
}

/**
 * How many connections from one address to one destination find a port at once: half of the range. Linux' connect(2)
 * takes the ports of one parity first, and looks at all of these each time before it takes one of the others: measured
 * on Linux 6.18, 35 µs for each of the first 14,116 and 1,700 µs for each that follows (net/ipv4/inet_hashtables.c).
 */
export function portsAtOnce([low, high]: readonly [number, number]): number {
  return Math.max(1, Math.floor((high - low + 1) / 2));
}

const FIRST = 10_240;
const LAST = 65_535;
const TRIES = 200;

/** Ports given out by this process: two proxies that start at once must not be given the same one. */
const given = new Set<number>();

/**
 * A port on which nothing listens at `address`. Nginx cannot listen on port 0, so the port is chosen before it
 * starts: outside of the range of outgoing connections, where another program's client cannot take it meanwhile.
 * Another listener still can; the caller tries again then.
 * @throws Error when none of 200 was free.
 */
export async function freePort(address: string): Promise<number> {
  const [low, high] = localPortRange();
  const below = Math.max(0, Math.min(low, LAST) - FIRST);
  const above = Math.max(0, LAST - high);
  for (let i = 0; i < TRIES; i += 1) {
    const port = pick(below, above, high);
    if (given.has(port) || !(await isFree(address, port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port found on ${address} in ${TRIES} tries`);
}

function pick(below: number, above: number, high: number): number {
  if (below + above < 1000) return FIRST + Math.floor(Math.random() * (LAST - FIRST));
  const at = Math.floor(Math.random() * (below + above));
  return at < below ? FIRST + at : high + 1 + at - below;
}

/** Whether nothing listens on that port at `address`. */
export function isFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
