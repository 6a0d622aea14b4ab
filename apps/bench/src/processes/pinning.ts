import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isInstalled } from '@ws-arena/contract/command-prefix';

/** Which CPUs each role is held to, as `taskset -c` takes them, and the sentence for the report. */
export interface Pinning {
  readonly server?: string;
  readonly proxy?: string;
  readonly generator?: string;
  readonly sentence: string;
}

/**
 * Server and proxy share the first core and the generator has the second; from four cores on the proxy has one of its
 * own and the generator the rest. So a figure is what one core of serving gives, and the generator never takes from it.
 */
export function pinning(
  wanted: boolean,
  cpus: readonly number[] = allowedCpus(),
  taskset = isInstalled('taskset'),
): Pinning {
  const [first, second, ...rest] = cpus;
  if (!wanted) return { sentence: 'not pinned (--no-pin)' };
  if (!taskset) return { sentence: 'not pinned: taskset (util-linux) is not installed' };
  if (first === undefined || second === undefined) return { sentence: 'not pinned: there is one core' };
  if (rest.length < 2) {
    return {
      server: `${first}`,
      proxy: `${first}`,
      generator: `${second}`,
      sentence: `server and proxy on CPU ${first}, generator on CPU ${second}`,
    };
  }
  const generator = listOf(rest);
  return {
    server: `${first}`,
    proxy: `${second}`,
    generator,
    sentence: `server on CPU ${first}, proxy on CPU ${second}, generator on CPU ${generator}`,
  };
}

/** Whether server and proxy run on one core, so that they are full together. */
export function sharesCore({ server, proxy }: Pinning): boolean {
  return server !== undefined && server === proxy;
}

/** The CPUs that this process may run on: in a container or under taskset they need not begin with 0. */
export function allowedCpus(): number[] {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return cpusIn(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)![1]!);
  } catch {
    return Array.from({ length: availableParallelism() }, (_, cpu) => cpu);
  }
}

/** The CPUs of a list such as `0,4-7`. */
export function cpusIn(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [from, to = from] = part.split('-').map(Number) as [number, number?];
    return Array.from({ length: to! - from + 1 }, (_, i) => from + i);
  });
}

function listOf(cpus: readonly number[]): string {
  const [first, last] = [cpus[0]!, cpus.at(-1)!];
  return last - first === cpus.length - 1 ? `${first}-${last}` : cpus.join(',');
}
