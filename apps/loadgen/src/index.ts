// What `import … from 'ws-arena-loadgen'` gives.
export type { LoadResult } from '@ws-arena/load/load-result';
export type { LoadSpec } from '@ws-arena/load/load-spec';
export type { Percentiles } from './cli/percentiles.ts';
export type { RuleOutcome, RunOutput } from './cli/run-output.ts';
export type { FleetOptions } from './fleet/fleet-options.ts';
export { type RunOptions, run } from './run.ts';
export type {
  Answer,
  MessageParts,
  OpeningPeer,
  Peer,
  Scenario,
  ScenarioFactory,
  ScenarioParams,
} from './scenario/scenario.ts';
