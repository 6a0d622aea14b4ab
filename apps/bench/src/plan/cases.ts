import type { Target } from '@ws-arena/contract/targets';
import {
  type Case,
  type Params,
  type Route,
  replacingScenarios,
  type Scenario,
} from '@ws-arena/results/trial';
import type { BenchConfig } from './bench-config.ts';
import { mixedParams } from './neighbour.ts';
import { isOwn, notMeasured } from './not-measured.ts';
import { BURST } from './presets.ts';
import { tlsParams } from './tls-choice.ts';
import { asksTokens, tokenParams } from './token-choice.ts';
import { upstreamParams } from './upstream-choice.ts';

/** All cases of a run, scenario by scenario and, within one set of parameters, target by target. */
export function expand(config: BenchConfig): Case[] {
  return config.scenarios.flatMap((scenario) =>
    routesOf(config, scenario).flatMap((route) =>
      paramsOn(route, config, scenario).flatMap((params) =>
        config.targetList
          .filter((target) => applies(scenario, target, params, route))
          .map((target) => ({ scenario, target: target.name, route, params })),
      ),
    ),
  );
}

function routesOf(config: BenchConfig, scenario: Scenario): readonly Route[] {
  // Where nobody checks tokens there is nothing to see of them.
  if (scenario === 'tokens')
    return asksTokens(config.routes) ? config.routes.filter((route) => route !== 'direct') : [];
  // Clients that come back find another instance by way of a proxy only.
  if (replacingScenarios.includes(scenario)) return config.routes.filter((route) => route !== 'direct');
  // Slow members read from TCP.
  if (scenario === 'slow') return routesOfSlow(config);
  if (config.proxied.includes(scenario)) return config.routes;
  return config.routes.includes('direct') ? ['direct'] : config.routes.slice(0, 1);
}

function routesOfSlow({ routes, proxied }: BenchConfig): readonly Route[] {
  return routes.filter((route) => route === 'direct' || (route === 'nginx' && proxied.includes('slow')));
}

/** Whether a case can be asked of a target: what its library cannot do is in its notes, not a failed measurement. */
function applies(scenario: Scenario, target: Target, params: Params, route: Route): boolean {
  if (isOwn(target)) {
    // It only knows its port.
    const told = params.redis === undefined && params.recovery === undefined && params.upstream !== 'unix';
    return told && notMeasured(target, scenario, route) === undefined;
  }
  const { capabilities } = target;
  if (scenario === 'deflate' && params.level !== 0) {
    const takeover = params.takeover === 'no' || capabilities.deflateContextTakeover;
    return takeover && capabilities.deflateLevels.includes(Number(params.level));
  }
  if (params.redis !== undefined && !capabilities.sharesRooms) return false;
  if (params.recovery !== undefined) return restoresSessions(target);
  if (params.neighbour !== undefined && params.level !== undefined)
    return capabilities.deflateLevels.includes(Number(params.level));
  return params.path !== 'polling' || capabilities.longPolling;
}

/** The generator keeps a session by socket.io's own parser; a bare server takes no settings. */
export function restoresSessions({ kind, capabilities }: Target): boolean {
  return capabilities.wire === 'socketio' && kind !== 'bare' && kind !== 'remote';
}

/** Pings of idle connections a second, at most, so that `hold` measures holding and not a storm of pings. */
const HELD_PINGS_PER_SEC = 10_000;

function holdPingMs({ settings, holdPingMs: preset, holdSteps }: BenchConfig): number {
  if (settings.pingPeriodMs !== undefined) return Number(settings.pingPeriodMs);
  return Math.max(preset, Math.round((holdSteps.at(-1)! * 1000) / HELD_PINGS_PER_SEC));
}

/** The share of its descriptors that the connections of a `hold` take, at most: Nginx' workers spread them unevenly. */
const HELD_SHARE = 0.85;

/** Server processes of `hold`: as many as its connections need descriptors for. */
function heldInstances({ holdSteps, descriptors }: BenchConfig): Params {
  const instances = Math.ceil(holdSteps.at(-1)! / (HELD_SHARE * descriptors));
  return instances > 1 ? { instances } : {};
}

/** Instances of `deploy`, unless more are asked for: two are left while one is replaced. */
const INSTANCES = 3;

/** The parameters of a scenario, each with those of its way to the servers. */
function paramsOn(route: Route, config: BenchConfig, scenario: Scenario): Params[] {
  const instances = config.instances > 1 ? { instances: config.instances } : {};
  return paramsOf(config, scenario, route).flatMap((params) =>
    tlsParams(config, route, scenario).flatMap((tls) =>
      tokenParams(config, route, scenario).flatMap((tokens) =>
        upstreamParams(config, route, scenario).map((upstream) => ({
          ...{ ...params, ...tls, ...tokens, ...upstream, ...instances },
        })),
      ),
    ),
  );
}

function paramsOf(config: BenchConfig, scenario: Scenario, route: Route): Params[] {
  const { connections } = config;
  const payloadBytes = config.payloadBytes[0]!;
  switch (scenario) {
    case 'load':
      return ladderSteps(config, route).map((step) => ({ connections, ...step }));
    case 'echo':
      return config.payloadBytes.flatMap((bytes) =>
        config.windows.map((window) => ({ connections, payloadBytes: bytes, window })),
      );
    case 'broadcast':
      return config.broadcasts.map((room) => ({ ...room, payloadBytes }));
    case 'rooms':
      return config.rooms.flatMap((room) =>
        config.roomInstances.map((instances) => ({
          ...room,
          payloadBytes,
          ...(instances > 1 && { instances, redis: 'yes' }),
        })),
      );
    case 'connect':
      return config.handshakeRates.map((ratePerSec) => ({ ratePerSec }));
    case 'deflate':
      return [
        { level: 0, takeover: 'no' },
        ...config.deflateLevels.flatMap((level) => ['no', 'yes'].map((takeover) => ({ level, takeover }))),
      ].map((deflate) => ({
        connections,
        payloadBytes: 1024,
        ratePerSec: config.deflateRate,
        ...deflate,
      }));
    case 'http':
      return ['/healthz', ...(config.polling ? ['polling'] : [])].map((path) => ({
        path,
        ratePerSec: config.requestRate,
      }));
    case 'hold':
      return [
        {
          ...{ connections: config.holdSteps.at(-1)!, pingPeriodMs: holdPingMs(config) },
          ...heldInstances(config),
        },
      ];
    case 'deploy':
    case 'storm':
    case 'crash':
      return config.maxFails.flatMap((maxFails) =>
        config.recovery.map((recovery) => ({
          ...{ ...config.replaced, instances: INSTANCES, backoffMs: config.backoffMs, maxFails },
          // Who is killed drains nothing.
          drainSpreadMs:
            scenario === 'crash' ? 0 : Number(config.settings.drainSpreadMs ?? config.drainSpreadMs),
          ...(recovery === 'yes' && { recovery }),
        })),
      );
    case 'mixed':
      return mixedParams.map((params) => ({
        connections,
        payloadBytes,
        ratePerSec: config.mixedRate,
        ...params,
      }));
    case 'slow':
      return config.slowReads.map((reads) => ({ ...config.slowRoom, reads }));
    case 'limit':
      return [{ readLimitBytes: Number(config.settings.readLimitBytes ?? 65_536) }];
    case 'tokens':
      return [{}];
  }
}

/** The whole ladder for the first payload; for the others the middle of it. */
function ladderSteps(config: BenchConfig, route: Route): Params[] {
  const { spread, burst } = route === 'direct' ? config.ladder.direct : config.ladder.proxied;
  return config.payloadBytes.flatMap((payloadBytes, i) => [
    ...(i === 0 ? spread : middleOf(spread)).map((ratePerSec) => ({ payloadBytes, ratePerSec, burst: 1 })),
    ...(i === 0 ? burst : middleOf(burst)).map((ratePerSec) => ({ payloadBytes, ratePerSec, burst: BURST })),
  ]);
}

function middleOf(rates: readonly number[]): readonly number[] {
  return rates.slice(Math.floor((rates.length - 1) / 2), Math.floor((rates.length - 1) / 2) + 1);
}
