import { parseConfig } from '@ws-arena/config/parse-config';
import { startAuthService } from '@ws-arena/contract/auth-service';
import type { RunningServer } from '@ws-arena/contract/running-server';
import {
  type Checker,
  type ProxyOptions,
  type RunningProxy,
  startProxy,
} from '@ws-arena/infra/running-proxy';
import type { Settings } from '../plan/loads.ts';
import type { Way } from '../plan/tls-choice.ts';
import { type CheckingRoute, isChecking } from '../plan/token-choice.ts';
import type { TokenSource } from './token-source.ts';

/** Nginx on a route; its processes are those of both, where an auth service stands beside it. */
export interface RouteProxy extends RunningProxy {
  /** From the start of the first of its processes until the last one served, in milliseconds. */
  readonly startMs: number;
  readonly authService?: RunningServer;
}

/**
 * Starts Nginx on `way`, and before it the auth service that it asks, where it asks one.
 * @param options all but what the check of tokens is made from.
 * @throws NginxUnavailable where there is no Nginx, or none with the module that `way` needs.
 */
export async function startRouteProxy(
  way: Way,
  settings: Settings,
  options: Omit<ProxyOptions, 'config' | 'tokenChecker'>,
  tokens: TokenSource,
): Promise<RouteProxy> {
  const fromMs = performance.now();
  const started = (proxy: RunningProxy) => ({ ...proxy, startMs: Math.round(performance.now() - fromMs) });
  if (!isChecking(way.route)) return started(await startProxy({ ...options, config: configOf(settings) }));
  const config = configOf({ ...settings, ...(await tokens.proxySettings(way)) });
  const pinned = options.cpus === undefined ? {} : { cpus: options.cpus };
  const authService =
    way.route === 'nginx-auth' ? await startAuthService(config, tokens.client, pinned) : undefined;
  try {
    const tokenChecker = checkerOf(way.route, authService);
    const proxy = started(await startProxy({ ...options, config, tokenChecker }));
    return authService ? withService(proxy, authService) : proxy;
  } catch (error) {
    await authService?.kill();
    throw error;
  }
}

const configOf = (settings: Settings) => parseConfig({ ...settings, port: 0 });

function checkerOf(route: CheckingRoute, authService: RunningServer | undefined): Checker {
  if (authService) return { kind: 'auth-service', address: `127.0.0.1:${authService.port}` };
  return { kind: route === 'nginx-njs' ? 'njs' : 'lua' };
}

function withService(proxy: RouteProxy, authService: RunningServer): RouteProxy {
  return {
    ...proxy,
    authService,
    pids: () => [...proxy.pids(), authService.pid],
    stop: async () => {
      await proxy.stop();
      await authService.stop();
    },
    kill: async () => {
      await Promise.all([proxy.kill(), authService.kill()]);
    },
  };
}
