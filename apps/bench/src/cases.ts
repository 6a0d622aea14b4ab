import type { Target } from '@ws-arena/contract/targets';
import type { Case, Params, Route, Scenario } from '@ws-arena/results/trial';
import type { BenchConfig } from './bench-config.ts';
import { tlsParams } from './tls-choice.ts';

/** Absolute rates that `latency` and `connect` offer to every target alike. */
export interface OfferedRates {
  /** Messages per second, with the label that says where the rate comes from. */
  readonly messages: readonly { readonly ratePerSec: number; readonly load: string }[];
  readonly handshakesPerSec: number;
}

/** All cases of a run, scenario by scenario and, within one set of parameters, target by target. */
export function expand(config: BenchConfig, rates: OfferedRates): Case[] {
  return config.scenarios.flatMap((scenario) =>
    routesOf(config, scenario).flatMap((route) =>
      paramsOn(route, config, scenario, rates).flatMap((params) =>
        config.targetList
          .filter((target) => applies(scenario, target, params, route))
          .map((target) => ({ scenario, target: target.name, route, params })),
      ),
    ),
  );
}

function routesOf(config: BenchConfig, scenario: Scenario): readonly Route[] {
  if (config.proxied.includes(scenario)) return config.routes;
  return config.routes.includes('direct') ? ['direct'] : config.routes.slice(0, 1);
}

const onTheWire: readonly Scenario[] = ['echo', 'latency', 'slo', 'connect', 'limit'];

/** Whether a case can be asked of a target: what its library cannot do is in its notes, not a failed measurement. */
function applies(
  scenario: Scenario,
  { capabilities, launch }: Target,
  params: Params,
  route: Route,
): boolean {
  // Nobody's proxy stands before somebody else's server, and its processes are not ours to measure.
  if (launch.kind === 'remote') return route === 'direct' && onTheWire.includes(scenario);
  if (scenario === 'deflate' && params.level !== 0) {
    const takeover = params.takeover === 'no' || capabilities.deflateContextTakeover;
    return takeover && capabilities.deflateLevels.includes(Number(params.level));
  }
  return params.path !== 'polling' || capabilities.longPolling;
}

/** Pings of idle connections a second, at most, so that `hold` measures holding and not a storm of pings. */
const HELD_PINGS_PER_SEC = 10_000;

function holdPingMs({ settings, holdPingMs: preset, holdSteps }: BenchConfig): number {
  if (settings.pingPeriodMs !== undefined) return Number(settings.pingPeriodMs);
  return Math.max(preset, Math.round((holdSteps.at(-1)! * 1000) / HELD_PINGS_PER_SEC));
}

/** The parameters of a scenario, each with those of its way to the servers. */
function paramsOn(route: Route, config: BenchConfig, scenario: Scenario, rates: OfferedRates): Params[] {
  const instances = config.instances > 1 ? { instances: config.instances } : {};
  return paramsOf(config, scenario, rates).flatMap((params) =>
    tlsParams(config, route, scenario).map((tls) => ({ ...params, ...tls, ...instances })),
  );
}

function paramsOf(config: BenchConfig, scenario: Scenario, rates: OfferedRates): Params[] {
  const { connections } = config;
  const [bytes] = config.payloadBytes;
  switch (scenario) {
    case 'echo':
      return config.payloadBytes.flatMap((payloadBytes) =>
        config.windows.map((window) => ({ connections, payloadBytes, window })),
      );
    case 'latency':
      return rates.messages.map(({ ratePerSec, load }) => ({
        connections,
        payloadBytes: bytes!,
        ratePerSec,
        load,
      }));
    case 'slo':
      return [
        { connections, payloadBytes: bytes!, p99BoundMs: 10 },
        { payloadBytes: bytes!, p95BoundMs: 10 },
      ];
    case 'broadcast':
      return config.members.map((members) => ({ members, payloadBytes: bytes! }));
    case 'connect':
      return [
        { concurrency: config.concurrency },
        ...(config.connectAtRate ? [{ ratePerSec: rates.handshakesPerSec }] : []),
      ];
    case 'hold':
      return [{ connections: config.holdSteps.at(-1)!, pingPeriodMs: holdPingMs(config) }];
    case 'deflate':
      return [
        { level: 0, takeover: 'no' },
        ...config.deflateLevels.flatMap((level) => ['no', 'yes'].map((takeover) => ({ level, takeover }))),
      ].map((deflate) => ({ connections, payloadBytes: 1024, window: 4, ...deflate }));
    case 'limit':
      return [{ readLimitBytes: Number(config.settings.readLimitBytes ?? 65_536) }];
    case 'http':
      return [
        { path: '/healthz', beside: 'nothing' },
        { path: '/healthz', beside: 'echo' },
        ...(config.polling ? [{ path: 'polling', beside: 'nothing' }] : []),
      ];
  }
}
