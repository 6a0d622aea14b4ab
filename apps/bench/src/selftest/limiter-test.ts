import { type Target, targetNamed } from '@ws-arena/contract/targets';
import { limiterOf } from '@ws-arena/report/limiter';
import type { Limiter } from '@ws-arena/results/report-file';
import { sharesCore } from '../processes/pinning.ts';
import { type Lab, type Load, measureLoads } from './lab.ts';
import { burner } from './neighbour.ts';
import type { SelfTest } from './self-test.ts';

interface Situation {
  readonly name: string;
  readonly limiter: Limiter;
  readonly load: Load;
  /** Whose core a process that never sleeps shares, so that it gets half of it. */
  readonly slowed?: 'server' | 'generator';
}

const messages = { connections: 100, payloadBytes: 64 };
const echo: Load = { scenario: 'echo', route: 'direct', params: { ...messages, window: 16 } };

/** Each limiter, made on purpose. */
const situations: readonly Situation[] = [
  {
    name: 'a server that shares its core with a busy process',
    limiter: 'server',
    load: echo,
    slowed: 'server',
  },
  {
    name: 'a generator that shares its core with a busy process',
    limiter: 'generator',
    load: { scenario: 'load', route: 'direct', params: { ...messages, ratePerSec: 150_000, burst: 1 } },
    slowed: 'generator',
  },
  {
    name: 'TLS in Nginx before a cheap server, on one core',
    limiter: 'server+proxy',
    load: { scenario: 'echo', route: 'nginx-tls', params: { ...messages, window: 16, tls: '1.3' } },
  },
  {
    name: 'a rate far below what anybody can do',
    limiter: 'none',
    load: { scenario: 'load', route: 'direct', params: { ...messages, ratePerSec: 500, burst: 1 } },
  },
];

/** The limiters by name, with uWebSockets.js: the label must say who was made to be full. */
export async function limiterTest(lab: Lab): Promise<SelfTest[]> {
  const tests: SelfTest[] = [];
  for (const { name, limiter, load, slowed } of situations) {
    const found = await lab.withArena({ targetMs: 1000, halfWidth: 0 }, async (arena) => {
      const { pinning } = arena;
      const cpus = slowed && pinning[slowed];
      if (slowed && cpus === undefined) return `left out, because the processes are ${pinning.sentence}`;
      const slowing = cpus === undefined ? undefined : burner(cpus, 1);
      try {
        const uws: Target = targetNamed('uws')!;
        const [measured] = await measureLoads(arena, [uws], [load]);
        return limiterOf(measured!.slices.get(uws.name)!, sharesCore(pinning));
      } finally {
        slowing?.kill('SIGKILL');
      }
    });
    tests.push({ name: `limiter: ${name}`, expected: limiter, found, passed: found === limiter });
  }
  return tests;
}
