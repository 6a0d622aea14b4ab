import type { CostRound, MeasuredGenerator, ReportedLatency } from '@ws-arena/results/generators-file';
import { balancedOrders } from '../measure/shuffled.ts';
import { type Bench, costOf, freezeSeenBy } from './measure-tool.ts';
import type { EchoLoad, Tool } from './tool.ts';

/** A generator that can run here. */
export interface PresentTool {
  readonly tool: Tool;
  readonly version: string;
}

/** What is asked of each generator. */
export interface Plan {
  readonly load: Pick<EchoLoad, 'url' | 'connections' | 'payload'>;
  readonly ratePerSec: number;
  /** How long the load lasts in which the server stands still. */
  readonly freezeSeconds: number;
  readonly rounds: number;
}

/** Measures all in each round, in an order by lot. @param progress hears a line before each turn. */
export async function measureAll(
  present: readonly PresentTool[],
  { load, ratePerSec, freezeSeconds, rounds }: Plan,
  bench: Bench,
  progress: (line: string) => void,
): Promise<MeasuredGenerator[]> {
  const lanes = present.map(({ tool, version }) => ({
    tool,
    version,
    cost: { open: [] as CostRound[], closed: [] as CostRound[] },
    freeze: [] as ReportedLatency[],
  }));
  const order = balancedOrders<(typeof lanes)[number]>(Math.random);
  for (let round = 1; round <= rounds; round += 1) {
    for (const { tool, cost, freeze } of order(lanes)) {
      progress(`round ${round} of ${rounds}: ${tool.name}`);
      cost.open.push(await costOf(tool, { ...load, rate: ratePerSec }, bench));
      cost.closed.push(await costOf(tool, { ...load, rate: 'flight-1' }, bench));
      freeze.push(await freezeSeenBy(tool, { ...load, rate: ratePerSec, seconds: freezeSeconds }, bench));
    }
  }
  return lanes.map(({ tool: { name, licence }, version, cost, freeze }) => ({
    name,
    version,
    licence,
    cost,
    freeze,
  }));
}
