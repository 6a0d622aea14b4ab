import { tickMs } from '@ws-arena/config/tick';
import type { Capabilities } from '../capabilities.ts';
import type { Fleet, SuiteServer } from './fleet.ts';

/** One row of the contract, proven on the wire. */
export interface Row {
  /** The setting or workload of the contract that it belongs to. */
  readonly about: string;
  readonly name: string;
  /** What is seen on a target with these capabilities; with `full` it is what the contract wants. */
  readonly expected: (capabilities: Capabilities) => string;
  /** What was seen, in words that do not depend on the machine's speed. */
  readonly run: (fleet: Fleet) => Promise<string>;
}

/** What a machine busy with other things may add to any time, in milliseconds. */
export const SLACK_MS = 5000;

/** By when after `afterMs` a server must have seen a deadline: two of its ticks, and slack for the machine. */
export function latestMs(server: SuiteServer, afterMs: number): number {
  return afterMs + 2 * tickMs(server.config) + SLACK_MS;
}

/** `word` when `tookMs` lies within the bounds, and otherwise a sentence with the figures. */
export function inTime(word: string, tookMs: number, fromMs: number, toMs: number): string {
  if (tookMs >= fromMs && tookMs <= toMs) return `${word} in time`;
  return `${word} after ${Math.round(tookMs)} ms, wanted ${Math.round(fromMs)} to ${Math.round(toMs)}`;
}

/** The outcome of a setting that a server cannot keep. */
export const REFUSED = 'refused at start, with the reason';
