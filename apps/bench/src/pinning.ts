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
  cores = availableParallelism(),
  taskset = isInstalled('taskset'),
): Pinning {
  if (!wanted) return { sentence: 'not pinned (--no-pin)' };
  if (!taskset) return { sentence: 'not pinned: taskset (util-linux) is not installed' };
  if (cores < 2) return { sentence: 'not pinned: there is one core' };
  if (cores < 4) {
    return {
      server: '0',
      proxy: '0',
      generator: '1',
      sentence: 'server and proxy on CPU 0, generator on CPU 1',
    };
  }
  const rest = `2-${cores - 1}`;
  return {
    server: '0',
    proxy: '1',
    generator: rest,
    sentence: `server on CPU 0, proxy on CPU 1, generator on CPU ${rest}`,
  };
}
