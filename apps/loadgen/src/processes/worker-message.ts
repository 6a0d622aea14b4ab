import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Schedule } from '../schedule/schedule.ts';
import type { Tally } from './control.ts';
import type { ProcessResult } from './process-result.ts';

/** What the coordinator tells a worker process. */
export type ToWorker =
  | {
      readonly kind: 'job';
      readonly spec: LoadSpec;
      readonly worker: number;
      readonly workers: number;
      /** Send a tally now and then. */
      readonly tallies: boolean;
    }
  | { readonly kind: 'schedule'; readonly schedule: Schedule }
  | { readonly kind: 'go' }
  | { readonly kind: 'stop' };

/** What a worker process tells the coordinator. */
export type FromWorker =
  | { readonly kind: 'connected' | 'held'; readonly connections: number }
  | { readonly kind: 'measuring' | 'measured' }
  | { readonly kind: 'tally'; readonly tally: Tally }
  | { readonly kind: 'result'; readonly result: ProcessResult }
  | { readonly kind: 'error'; readonly message: string };
