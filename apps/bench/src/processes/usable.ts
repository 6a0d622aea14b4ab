import { programOf } from '@ws-arena/contract/running-server';
import { TargetUnavailable } from '@ws-arena/contract/target-unavailable';
import type { Target } from '@ws-arena/contract/targets';
import { type NginxBinary, nginxBinary } from '@ws-arena/infra/nginx-binary';
import { nginxWithModules } from '@ws-arena/infra/nginx-modules';
import { redisBinary } from '@ws-arena/infra/redis-binary';
import type { TargetInfo } from '@ws-arena/results/environment';
import { type Route, replacingScenarios } from '@ws-arena/results/trial';
import type { BenchConfig } from '../plan/bench-config.ts';
import { restoresSessions } from '../plan/cases.ts';
import { isOwn, leftOut } from '../plan/not-measured.ts';
import { asksTokens } from '../plan/token-choice.ts';
import { availableTarget, missingTarget } from '../store/target-info.ts';
import type { Arena } from './arena.ts';
import { orAborted } from './or-aborted.ts';

/** Starts every target once. @param say hears why one is left out. */
export async function usableTargets(arena: Arena, say: (sentence: string) => void): Promise<TargetInfo[]> {
  const infos: TargetInfo[] = [];
  for (const target of arena.config.targetList) infos.push(await tryTarget(arena, target, say));
  return infos;
}

async function tryTarget(arena: Arena, target: Target, say: (sentence: string) => void): Promise<TargetInfo> {
  try {
    if (isOwn(target) && asksTokens(arena.config.routes))
      throw new TargetUnavailable('it does not know the tokens of this run');
    // A first build of the Go baselines takes a while, and so does to fetch Bun.
    const { launch } = target;
    if (launch.kind === 'go' || launch.kind === 'bun') await orAborted(programOf(launch), arena.interrupted);
    const { servers } = await arena.served(target, {});
    const reasons = leftOut(target, arena.config);
    for (const reason of reasons) say(`${target.name} is not measured in ${reason}`);
    return availableTarget(target, servers[0]?.ready, reasons);
  } catch (error) {
    arena.interrupted.throwIfAborted();
    const reason = (error as Error).message;
    say(`${target.name} is left out: ${reason}`);
    return error instanceof TargetUnavailable
      ? missingTarget(target, reason)
      : { ...missingTarget(target, reason), failed: true };
  }
}

/** The routes that can be measured here, and Nginx's version or why there is none. */
export async function usableRoutes(
  { config, interrupted }: Pick<Arena, 'config' | 'interrupted'>,
  say: (sentence: string) => void,
  finders: NginxFinders = { plain: nginxBinary, withModules: nginxWithModules },
): Promise<{ readonly routes: readonly Route[]; readonly nginx?: string }> {
  const routes: Route[] = [];
  const versions = new Set<string>();
  for (const [kind, ones] of Map.groupBy(config.routes, nginxOf)) {
    try {
      if (kind) versions.add((await orAborted(finders[kind](), interrupted)).version);
      routes.push(...ones);
    } catch (error) {
      interrupted.throwIfAborted();
      const reason = (error as Error).message;
      const left = ones.length > 1 ? `the routes ${ones.join(', ')} are` : `the route ${ones[0]} is`;
      say(`${left} left out: ${reason}`);
      versions.add(`none: ${reason}`);
    }
  }
  const inOrder = config.routes.filter((route) => routes.includes(route));
  return { routes: inOrder, ...(versions.size > 0 && { nginx: [...versions].join('; ') }) };
}

/** The cases over Redis that can be measured here, and Redis' version or why there is none. */
export async function usableOverRedis(
  { config, interrupted }: Pick<Arena, 'config' | 'interrupted'>,
  say: (sentence: string) => void,
  find: () => Promise<{ readonly version: string }> = redisBinary,
): Promise<Pick<BenchConfig, 'roomInstances' | 'recovery'> & { readonly redis?: string }> {
  const { scenarios, roomInstances, recovery, targetList } = config;
  const rooms = scenarios.includes('rooms') && roomInstances.some((instances) => instances > 1);
  const restores =
    recovery.includes('yes') &&
    scenarios.some((name) => replacingScenarios.includes(name)) &&
    targetList.some(restoresSessions);
  if (!rooms && !restores) return { roomInstances, recovery };
  try {
    return { roomInstances, recovery, redis: (await orAborted(find(), interrupted)).version };
  } catch (error) {
    interrupted.throwIfAborted();
    const reason = (error as Error).message;
    if (rooms) say(`rooms over several instances are left out: ${reason}`);
    if (restores) say(`socket.io with restored sessions is left out: ${reason}`);
    return {
      roomInstances: roomInstances.filter((instances) => instances === 1),
      recovery: recovery.filter((value) => value === 'no'),
      redis: `none: ${reason}`,
    };
  }
}

/** The Nginx with modules is another than the plain one, where Debian's modules are not installed beside that. */
interface NginxFinders {
  readonly plain: () => Promise<NginxBinary>;
  readonly withModules: () => Promise<NginxBinary>;
}

function nginxOf(route: Route): keyof NginxFinders | undefined {
  if (route === 'direct') return undefined;
  return route === 'nginx-njs' || route === 'nginx-lua' ? 'withModules' : 'plain';
}
