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

/** Servers count in whole milliseconds, so a second may end this much early. */
const CLOCK_MS = 1;

/** `word` when `tookMs` lies within the bounds, and otherwise a sentence with the figures. */
export function inTime(word: string, tookMs: number, fromMs: number, toMs: number): string {
  if (tookMs >= fromMs - CLOCK_MS && tookMs <= toMs) return `${word} in time`;
  return `${word} after ${Math.round(tookMs)} ms, wanted ${Math.round(fromMs)} to ${Math.round(toMs)}`;
}

type Expected = string | Row['expected'];

/** @param expected one outcome for all targets, or what it is by their capabilities. */
export function row(about: string, name: string, expected: Expected, run: Row['run']): Row {
  return { about, name, expected: typeof expected === 'string' ? () => expected : expected, run };
}

/** The outcome of a setting that a server cannot keep. */
export const REFUSED = 'refused at start, with the reason';

/**
 * A row about settings that some targets cannot keep: those must refuse them with exit code 2.
 * @param keeps whether a target keeps them.
 * @param setting what the server's sentence of refusal is about.
 */
export function whereKept(keeps: (capabilities: Capabilities) => boolean, setting: RegExp, of: Row): Row {
  return {
    ...of,
    expected: (c) => (keeps(c) ? of.expected(c) : REFUSED),
    run: async (fleet) => {
      try {
        return await of.run(fleet);
      } catch (error) {
        const { message } = error as Error;
        const [, said] = /ended before it was ready \(exit code 2\): (?:[\w-]+: )?(.*)/s.exec(message) ?? [];
        if (said === undefined || !setting.test(said)) throw error;
        return REFUSED;
      }
    },
  };
}
