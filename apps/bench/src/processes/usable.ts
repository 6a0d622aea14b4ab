import { goBinary } from '@ws-arena/contract/go-binary';
import { TargetUnavailable } from '@ws-arena/contract/target-unavailable';
import type { Target } from '@ws-arena/contract/targets';
import { nginxBinary } from '@ws-arena/infra/nginx-binary';
import type { TargetInfo } from '@ws-arena/results/environment';
import type { Route } from '@ws-arena/results/trial';
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
    // A first build of the Go baselines takes a while.
    if (target.launch.kind === 'go') await orAborted(goBinary(target.launch.command), arena.interrupted);
    const { servers } = await arena.served(target, {});
    return availableTarget(target, servers[0]?.ready);
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
  { config, interrupted }: Arena,
  say: (sentence: string) => void,
): Promise<{ readonly routes: readonly Route[]; readonly nginx?: string }> {
  const { routes } = config;
  if (routes.every((route) => route === 'direct')) return { routes };
  try {
    const { version } = await orAborted(nginxBinary(), interrupted);
    return { routes, nginx: version };
  } catch (error) {
    interrupted.throwIfAborted();
    const reason = (error as Error).message;
    say(`the routes through Nginx are left out: ${reason}`);
    return { routes: routes.filter((route) => route === 'direct'), nginx: `none: ${reason}` };
  }
}
