import type { ReportedLatency } from '@ws-arena/results/generators-file';

/** What every generator is asked for: texts that the server sends back. */
export interface EchoLoad {
  /** `ws://host:port/path`. */
  readonly url: string;
  readonly connections: number;
  readonly payload: string;
  /** Messages a second of all connections, or `flight-1`: on each connection the next message follows the reply. */
  readonly rate: number | 'flight-1';
  readonly seconds: number;
  /** Whether it is to report latency: one that does not by itself has a script for it, which costs CPU. */
  readonly timed: boolean;
}

/** How a load is started. */
export interface Launch {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A load generator that can be had as a program. */
export interface Tool {
  readonly name: string;
  readonly licence: string;
  /** Where `fetch` gets it, for the sentence that it is absent. */
  readonly from: string;
  /** Its version, where it can run here; undefined where it has to be fetched. */
  version(): Promise<string | undefined>;
  /** Brings it to the project's cache. @throws Error in one sentence. */
  fetch(): Promise<void>;
  /** Writes what it needs into `folder`, which is empty and its own. */
  launch(load: EchoLoad, folder: string): Promise<Launch>;
  /** What it reports at the end. @param stdout all that it printed. @throws Error when it reports no latency. */
  reported(folder: string, stdout: string): ReportedLatency;
}
