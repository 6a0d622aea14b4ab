import type { JudgedCase } from './conformance.ts';
import type { Environment, TargetInfo } from './environment.ts';
import type { SliceLine } from './slice-line.ts';
import { type Case, caseKey, type Trial } from './trial.ts';

/** Version of `run.jsonl`; a reader refuses any other. */
export const RUN_SCHEMA_VERSION = 2;

/** What a run was asked to resolve; fixed before it begins. */
export interface Precision {
  /** A case goes on until the 95 % half width of its widest cost ratio is at most this, as a fraction: 0.03 is 3 %. */
  readonly halfWidth: number;
  /** A target keeps a rate when p99 from the intended send is at most this, in milliseconds, and nothing is lost. */
  readonly p99BoundMs: number;
}

/** The first line of `run.jsonl`. */
export interface RunHeader {
  readonly type: 'run';
  readonly schemaVersion: number;
  readonly command: string;
  /** The options that it was begun with; a resumed run takes them again. */
  readonly argv: readonly string[];
  readonly preset: string;
  readonly startedAt: string;
  readonly environment: Environment;
  readonly targets: readonly TargetInfo[];
  readonly cases: readonly Case[];
  /** Rounds of each trial. */
  readonly rounds: number;
  readonly precision: Precision;
}

/** A later word on a target: it could not be started, or which version really ran. */
export interface TargetLine {
  readonly type: 'target';
  readonly target: TargetInfo;
}

/** The outcome of one wire case of the RFC table on one target. */
export interface ConformanceLine extends JudgedCase {
  readonly type: 'conformance';
  readonly target: string;
  readonly autobahn?: string;
  /** What the RFC asks for. */
  readonly expected: string;
  readonly outcome: string;
}

/** The last line of a run that came to its end. */
export interface RunEnd {
  readonly type: 'end';
  readonly finishedAt: string;
  /** Of the whole run; of legs that were interrupted, the time of their trials. */
  readonly elapsedMs: number;
}

export type RunLine = RunHeader | TargetLine | ConformanceLine | Trial | SliceLine | RunEnd;

/** A run as read back. */
export interface Run {
  readonly header: RunHeader;
  readonly targets: readonly TargetInfo[];
  readonly trials: readonly Trial[];
  readonly slices: readonly SliceLine[];
  readonly conformance: readonly ConformanceLine[];
  readonly end?: RunEnd;
  /** What could not be read, a sentence each. */
  readonly problems: readonly string[];
}

/** `text` cannot be read as a run at all. The message is one sentence. */
export class RunFileError extends Error {
  override readonly name = 'RunFileError';
}

/** One line of `run.jsonl`, with its newline. */
export function formatLine(line: RunLine): string {
  return `${JSON.stringify(line)}\n`;
}

/**
 * Reads `run.jsonl`. A line that is cut short or unknown becomes a problem, and the rest is read.
 * @throws RunFileError when the text is empty, has no header of a run, or is of another version.
 */
export function parseRun(text: string): Run {
  if (text.trim() === '') throw new RunFileError('the run file is empty: nothing was measured');
  const lines = text.split('\n');
  const header = readHeader(lines[0]!);
  const targets = new Map(header.targets.map((target) => [target.name, target]));
  const trials: Trial[] = [];
  const slices: SliceLine[] = [];
  const conformance: ConformanceLine[] = [];
  const problems: string[] = [];
  let end: RunEnd | undefined;
  lines.slice(1).forEach((line, index) => {
    if (line === '') return;
    const value = readLine(line);
    const fault =
      value?.type === 'slice'
        ? faultOf(value, header)
        : value?.type === 'trial'
          ? faultOfTrial(value, header)
          : undefined;
    if (value?.type === 'slice' && fault === undefined) slices.push(value);
    else if (value?.type === 'trial' && fault === undefined) trials.push(value);
    else if (value?.type === 'target') targets.set(value.target.name, value.target);
    else if (value?.type === 'conformance') conformance.push(value);
    else if (value?.type === 'end') end = value;
    else {
      const reason = fault ?? (value ? 'of an unknown kind' : 'cut short');
      problems.push(`line ${index + 2} of the run file is ${reason} and was left out`);
    }
  });
  return {
    header,
    targets: [...targets.values()],
    trials,
    slices,
    conformance,
    problems,
    ...(end && { end }),
  };
}

function readLine(line: string): RunLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'type' in value ? (value as RunLine) : undefined;
  } catch {
    return undefined;
  }
}

const counts = ['wallNs', 'offered', 'sent', 'delivered', 'lost', 'late'] as const;

/** What is wrong with a slice that cannot be used; undefined of a good one. */
function faultOf({ case: index, block, load }: SliceLine, { cases }: RunHeader): string | undefined {
  if (cases[index] === undefined || !Number.isInteger(block)) return 'a slice of no case of the run';
  if (load === undefined) return undefined;
  return counts.every((name) => Number.isFinite(load?.[name])) ? undefined : 'a slice without its counts';
}

/** What is wrong with a trial that cannot be used; undefined of a good one. */
function faultOfTrial(
  { case: one, round, load, replaced, course }: Trial,
  { cases }: RunHeader,
): string | undefined {
  const keys = new Set(cases.map(caseKey));
  if (!one?.params || !keys.has(caseKey(one)) || !Number.isInteger(round))
    return 'a trial of no case of the run';
  if (load === undefined) return undefined;
  const { returns, slow } = load ?? {};
  const series = returns ? [returns.ended, returns.begun, returns.returned] : [];
  const numbers = [
    ...(['offered', 'sent', 'delivered', 'lost'] as const).map((name) => load?.messages?.[name]),
    ...(returns ? [returns.tickMs, returns.clients, returns.waited] : []),
    ...(slow ? [slow.members, slow.got, slow.dropped, slow.ended] : []),
    ...(replaced ?? []).flatMap(({ atMs, endedMs, readyMs }) => [atMs, endedMs, readyMs]),
    ...(course ?? []).flatMap(({ atMs, connections, cuts }) => [atMs, connections, cuts]),
  ];
  const alike = series.every((one) => Array.isArray(one) && one.length === series[0]?.length);
  return alike && numbers.every(Number.isFinite) ? undefined : 'a trial without its counts';
}

function readHeader(line: string): RunHeader {
  const header = readLine(line);
  if (header?.type !== 'run' || !Array.isArray(header.cases) || !Array.isArray(header.targets)) {
    throw new RunFileError(
      'this is not a run file: its first line is not the header that `pnpm bench` writes',
    );
  }
  if (header.schemaVersion !== RUN_SCHEMA_VERSION) {
    const advice = header.schemaVersion > RUN_SCHEMA_VERSION ? 'use a newer ws-arena' : 'measure again';
    throw new RunFileError(
      `the run file is of version ${header.schemaVersion}, and this program reads version ${RUN_SCHEMA_VERSION}: ${advice}`,
    );
  }
  return header;
}
