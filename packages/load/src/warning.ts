/** Why a figure may not mean what it seems to mean. */
export type WarningKind =
  | 'lost'
  | 'duplicated'
  | 'reordered'
  | 'corrupted'
  | 'behind-schedule'
  | 'connect-failed'
  | 'closed-unexpectedly'
  | 'wrong-extension'
  | 'few-samples'
  | 'uneven-cost'
  | 'server-died'
  | 'proxy-died'
  | 'redis-died'
  | 'agent-lost'
  | 'proxy-reloaded'
  | 'steal'
  | 'busy-machine'
  | 'cores-shared'
  | 'limit-reached'
  | 'unsupported'
  | 'generator-lag'
  | 'not-saturated'
  | 'uneven-growth'
  | 'all-alike'
  | 'miscounted'
  | 'stopped-early'
  | 'mixed-limiter'
  | 'not-back';

/** A warning about data: it is stored with the figure and printed beside it. */
export interface Warning {
  readonly kind: WarningKind;
  /** One sentence with the figures. */
  readonly detail: string;
  /** Of a doubt about several rounds: the share of them that it was raised in, 0 to 1. */
  readonly share?: number;
}
