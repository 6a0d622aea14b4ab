import type { SliceResult, SliceSpec } from '@ws-arena/load/slice';
import type { PageUsage } from './usage-page.ts';

/** A process of a target that has ended on its own. */
export interface Death {
  readonly who: 'server' | 'proxy' | 'redis';
  readonly sentence: string;
}

/** Processes by what they do. */
export interface Roles {
  readonly server: readonly number[];
  readonly generator: readonly number[];
  /** Absent where there is no proxy. */
  readonly proxy?: readonly number[];
  /** Absent where there is no Redis between the servers. */
  readonly redis?: readonly number[];
}

/** The open way to one target on one route: whatever a slice of a case needs before it begins. */
export interface Session {
  /** The processes that take part; those of a proxy change when it is reloaded. */
  roles(): Roles;
  /** The death of a process that takes part, also one whose exit event is still to come; undefined when all live. */
  death(): Promise<Death | undefined>;
  /** What the server says of its own usage, where its processes cannot be read. */
  readonly page?: (() => Promise<PageUsage>) | undefined;
  /** @throws Error in one sentence when nothing could be measured. */
  slice(spec: SliceSpec): Promise<SliceResult>;
  close(): Promise<void>;
}
