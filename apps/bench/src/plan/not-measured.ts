import type { Target } from '@ws-arena/contract/targets';
import type { Route, Scenario } from '@ws-arena/results/trial';
import type { BenchConfig } from './bench-config.ts';
import { asksTokens } from './token-choice.ts';

/** Whether a target is somebody's own, which does not keep the contract. */
export function isOwn({ launch }: Target): boolean {
  return launch.kind === 'remote' || launch.kind === 'command';
}

const contractOnly: Partial<Record<Scenario, string>> = {
  deflate: 'its compression is set by the contract',
  http: 'GET /healthz is of the contract',
  tokens: 'the tokens of this run are of the contract',
  deploy: 'its drain is of the contract',
  storm: 'its drain is of the contract',
  crash: 'its drain is of the contract',
  slow: 'its bound on what waits is of the contract',
  mixed: 'its read limit and compression are of the contract',
};

/** Why a scenario cannot be measured on a server of somebody's own on that route; undefined when it can. */
export function notMeasured(target: Target, scenario: Scenario, route: Route): string | undefined {
  const { launch, client } = target;
  if (contractOnly[scenario]) return `${scenario}: ${contractOnly[scenario]}`;
  if ((scenario === 'broadcast' || scenario === 'rooms') && !client?.rooms)
    return `${scenario}: rooms: true would say that ?room=NAME joins a room`;
  if (scenario === 'hold' && !hasUsage(target)) return 'hold: memory wants a command, a pid or metrics';
  if (route === 'direct') return undefined;
  if (asksTokens([route])) return `${route}: the tokens of this run are of the contract`;
  if (launch.kind === 'remote') return `${route}: Nginx stands before servers that the bench starts`;
  const isTls = launch.kind === 'command' && launch.url.startsWith('wss:');
  return isTls ? `${route}: Nginx reaches servers by ws://, and this one wants wss://` : undefined;
}

function hasUsage({ launch }: Target): boolean {
  if (launch.kind !== 'remote') return true;
  return launch.pid !== undefined || launch.metricsUrl !== undefined;
}

/** What a run asks for and a server of somebody's own cannot give, a sentence each. */
export function leftOut(target: Target, config: BenchConfig): string[] {
  if (!isOwn(target)) return [];
  const reasons = config.scenarios.flatMap((scenario) =>
    config.routes.map((route) => notMeasured(target, scenario, route)),
  );
  const usage = hasUsage(target) ? [] : ['CPU and memory: a command, a pid or metrics would tell'];
  return [...new Set([...reasons.filter((reason) => reason !== undefined), ...usage])];
}
