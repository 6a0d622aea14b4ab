// What `import … from 'ws-arena-loadgen'` gives.
export type {
  Answer,
  MessageParts,
  OpeningPeer,
  Peer,
  Scenario,
  ScenarioFactory,
  ScenarioParams,
} from './scenario/scenario.ts';
