import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Warning } from '@ws-arena/load/warning';

/** Measured in blocks of slices, all but those of `trialScenarios`. */
export const scenarios = [
  'load',
  'echo',
  'broadcast',
  'rooms',
  'connect',
  'deflate',
  'http',
  'hold',
  'limit',
  'tokens',
  'deploy',
  'storm',
  'crash',
  'slow',
  'mixed',
] as const;
export type Scenario = (typeof scenarios)[number];

/** Measured as a whole, in trials. */
export const trialScenarios: readonly Scenario[] = [
  ...(['hold', 'limit', 'tokens', 'deploy', 'storm', 'crash', 'slow'] as const),
];

/** Instances behind one proxy are replaced under load. */
export const replacingScenarios: readonly Scenario[] = ['deploy', 'storm', 'crash'];

/** On the last three Nginx refuses clients without a valid token; on the others the servers do, where tokens are checked. */
export const routes = ['direct', 'nginx', 'nginx-tls', 'nginx-auth', 'nginx-njs', 'nginx-lua'] as const;
export type Route = (typeof routes)[number];

/** Numbers and strings that tell one case of a scenario from another, e.g. `connections`, `payloadBytes`, `ratePerSec`. */
export type Params = Readonly<Record<string, number | string>>;

/** One cell of the matrix. */
export interface Case {
  readonly scenario: Scenario;
  readonly target: string;
  readonly route: Route;
  readonly params: Params;
}

/** A case's identity: two cases are the same when this is. */
export function caseKey(c: Case): string {
  return `${c.target} ${groupKey(c)}`;
}

/** What cases that differ only in their target have in common: those are measured in the same blocks. */
export function groupKey({ scenario, route, params }: Omit<Case, 'target'>): string {
  const sorted = Object.keys(params)
    .sort()
    .map((name) => `${name}=${params[name]}`);
  return [scenario, route, ...sorted].join(' ');
}

/** What a group of processes used over the measured window. */
export interface Usage {
  readonly processes: number;
  /** CPU time on all cores, user and system, in nanoseconds. */
  readonly cpuNs: number;
  /** The share of `cpuNs` spent in the kernel, 0 to 1. */
  readonly systemShare: number;
  /**
   * The busiest thread's time on a core or waiting for one, over the window, 0 to 1: at 1 it never had to wait for
   * work, so it was the limit.
   */
  readonly saturation: number;
  /** Resident memory at the end of the window, and the highest seen, in bytes over all processes. */
  readonly rssBytes: number;
  readonly rssPeakBytes: number;
}

/** Memory at one step of a `hold`. */
export interface HeldSample {
  readonly connections: number;
  readonly serverRssBytes: number;
  readonly proxyRssBytes?: number;
}

/** Nginx's stub_status, sampled while connections were open, beside the number the generator held. */
export interface ProxySample {
  readonly active: number;
  readonly reading: number;
  readonly writing: number;
  readonly waiting: number;
  readonly held: number;
}

/** What the server's own `/metrics` said, sampled in the same moment as `ProxySample`. */
export interface MetricsSample {
  readonly connections: number;
  readonly held: number;
}

/** How long an expired or revoked token still opens connections, and keeps them open. Times in milliseconds. */
export interface TokenLives {
  /** From the end of a token until the last message to its owner. */
  readonly expiredOpenMs: number;
  /** From the moment at which the issuer revoked a token: until the last message, until nobody gets in by it, and until it expires. */
  readonly revokedOpenMs: number;
  readonly revokedEntersMs: number;
  readonly revokedLeftMs: number;
  /** Clients that each come back every `eachMs` with a token of their own, and how often the issuer was asked; absent where it never is. */
  readonly returns?: {
    readonly clients: number;
    readonly eachMs: number;
    readonly handshakes: number;
    readonly asked: number;
  };
}

/** The configuration that a way to check tokens needs. */
export interface RouteParts {
  /** From the start of Nginx, and of the auth service before it, until both serve, in milliseconds. */
  readonly startMs: number;
  /** Dynamic modules of Nginx. */
  readonly modules: readonly string[];
  /** Lines of nginx.conf, and of the code that checks tokens, without empty ones and comments. */
  readonly configLines: number;
  readonly codeLines: number;
}

/** What the processes and `/metrics` said at one moment of the window, over all instances. */
export interface CourseSample {
  /** Since the window began, in milliseconds. */
  readonly atMs: number;
  readonly serverRssBytes: number;
  readonly proxyRssBytes?: number;
  /** Open connections, and those that the server cut off since its start. */
  readonly connections: number;
  readonly cuts: number;
}

/** Instances that were ended together, and then started again. Times in milliseconds since the window began. */
export interface ReplacedStep {
  readonly instances: readonly number[];
  /** The signal was sent. */
  readonly atMs: number;
  /** All old processes had ended. */
  readonly endedMs: number;
  /** All new ones were ready. */
  readonly readyMs: number;
}

/** Everything measured of a case in one round, where it is not measured in slices: a line of `run.jsonl`. */
export interface Trial {
  readonly type: 'trial';
  readonly case: Case;
  /** From 0; the same for all targets that it compares, as a block of slices is. */
  readonly round: number;
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** Absent when the trial ended well. One sentence. */
  readonly error?: string;
  readonly spec?: LoadSpec;
  readonly load?: LoadResult;
  readonly usage?: {
    readonly server: Usage;
    readonly generator: Usage;
    readonly proxy?: Usage;
    readonly redis?: Usage;
  };
  readonly held?: readonly HeldSample[];
  readonly stub?: readonly ProxySample[];
  readonly metrics?: readonly MetricsSample[];
  readonly tokens?: TokenLives & RouteParts;
  readonly replaced?: readonly ReplacedStep[];
  readonly course?: readonly CourseSample[];
  readonly warnings: readonly Warning[];
}
