/** The machine and the software that a run was made on; two runs whose environments differ say so when compared. */
export interface Environment {
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly os: string;
  readonly node: string;
  readonly v8: string;
  readonly go?: string;
  readonly nginx?: string;
  readonly redis?: string;
  readonly openssl: string;
  readonly descriptors: number;
  readonly somaxconn?: number;
  readonly localPortRange?: readonly [number, number];
  /** Which CPUs server, proxy and generator were held to, or why they were not. */
  readonly pinning: string;
  /** The same as `taskset -c` takes it; absent when they were not held to any. */
  readonly cpus?: { readonly server: string; readonly proxy: string; readonly generator: string };
  readonly gitCommit?: string;
  /** Settings given to the servers that differ from the defaults. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A row of the comparison, as it was in this run. */
export interface TargetInfo {
  readonly name: string;
  readonly library: string;
  readonly version: string;
  readonly language: string;
  readonly kind: string;
  readonly runtime?: string;
  readonly available: boolean;
  /** Why it is not available, or was not part of the run. */
  readonly reason?: string;
  /** It can run on this machine and did not start: a failure, where a missing toolchain is none. */
  readonly failed?: true;
  /** Where it differs from the contract, a sentence each. */
  readonly notes: readonly string[];
}
