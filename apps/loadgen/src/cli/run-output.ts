import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { redacted } from '@ws-arena/load/redacted';
import { distributions, type Percentiles } from './percentiles.ts';
import type { ThresholdOutcome } from './threshold.ts';

/** What a rule of `--fail-if` found. */
export interface RuleOutcome {
  readonly rule: string;
  /** Nanoseconds for times; absent when the run has no such figure, which counts as a miss. */
  readonly value?: number | undefined;
  readonly failed: boolean;
}

/** What `--json` prints and `run` resolves to; `result.schema.json` of the package describes it. */
export interface RunOutput {
  /** The job, without secrets. */
  readonly spec: LoadSpec;
  readonly result: LoadResult;
  /** By the names of the summary: `latency`, `from the send`, `last member`, `handshake`, `schedule lag`, `round trip`. */
  readonly percentilesNs: Readonly<Record<string, Percentiles>>;
  readonly rules: readonly RuleOutcome[];
}

/** The output of a job that has come to its end. */
export function runOutput(
  spec: LoadSpec,
  result: LoadResult,
  outcomes: readonly ThresholdOutcome[],
): RunOutput {
  const rules = outcomes.map(({ threshold, value, failed }) => ({ rule: threshold.text, value, failed }));
  return { spec: redacted(spec), result, percentilesNs: distributions(spec, result), rules };
}
