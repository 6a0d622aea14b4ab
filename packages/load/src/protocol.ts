/*
 * How the runner and the load generator talk (`loadgen --serve`): one JSON object a line, commands on stdin and events on
 * stdout. Every command names the session or job that it is for, and every event but `ready` the one that it is of.
 */
import type { LoadResult } from './load-result.ts';
import type { LoadSpec } from './load-spec.ts';
import type { SliceResult, SliceSpec } from './slice.ts';

/** What the generator can be told. */
export type LoadCommand =
  /** Opens the connections of `spec` and keeps them; its `load` and times are those of the slices. */
  | { readonly do: 'open'; readonly id: string; readonly spec: LoadSpec }
  /** Loads an open session once; answered by `sliced` when everything has come back or the drain time is over. */
  | { readonly do: 'slice'; readonly id: string; readonly slice: SliceSpec }
  /** Closes the connections of a session. */
  | { readonly do: 'close'; readonly id: string }
  /** A whole job in one: opens, warms up, measures, drains, closes. */
  | { readonly do: 'run'; readonly id: string; readonly spec: LoadSpec }
  /** Leaves the step of a `hold` that was `held`; ends a window that lasts `untilGo`. */
  | { readonly do: 'go'; readonly id: string }
  /** Ends a job early: the result then holds what was measured until then. */
  | { readonly do: 'stop'; readonly id: string };

/** What the generator says. */
export type LoadEvent =
  | { readonly event: 'ready'; readonly pid: number }
  | {
      readonly event: 'opened';
      readonly id: string;
      readonly connections: number;
      readonly extensions: string;
    }
  | { readonly event: 'sliced'; readonly id: string; readonly slice: SliceResult }
  | { readonly event: 'closed'; readonly id: string }
  | { readonly event: 'connected'; readonly id: string; readonly connections: number }
  | { readonly event: 'held'; readonly id: string; readonly connections: number }
  /** `pids` are all processes that do the job: the one that was asked, first, and its workers. */
  | { readonly event: 'measuring'; readonly id: string; readonly pids: readonly number[] }
  | { readonly event: 'measured'; readonly id: string }
  | { readonly event: 'result'; readonly id: string; readonly result: LoadResult }
  /** The command could not be done. One sentence. */
  | { readonly event: 'error'; readonly id: string; readonly message: string };
