import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '@ws-arena/config/parse-config';
import { commandPrefix } from '../command-prefix.ts';
import { outcomesIn } from '../rfc/recorded.ts';
import { startServer } from '../running-server.ts';
import { provenTargets } from '../suite/proven-targets.ts';
import { keptLevel } from '../suite/suite-configs.ts';
import type { Target } from '../targets.ts';
import type { AutobahnSuite } from './autobahn-suite.ts';

/** The targets that Autobahn can talk to: it sends plain messages, and Socket.IO wants packets. */
export const autobahnTargets: readonly Target[] = provenTargets.filter(
  ({ capabilities }) => capabilities.wire === 'websocket',
);

/** The outcomes of Autobahn's cases, as recorded. */
export const { recorded, record } = outcomesIn(join(import.meta.dirname, 'expected'));

/** The largest message of Autobahn's cases 9.1.6 and 9.2.6 is 16 MiB. */
const READ_LIMIT_BYTES = 2 ** 25;

/** One case in `index.json`, as `createMasterReportJSON` of autobahntestsuite writes it. */
interface ReportedCase {
  readonly behavior: string;
  readonly behaviorClose: string;
  readonly remoteCloseCode: number | null;
}

/** What a run of the suite is given. */
export interface AutobahnRun {
  /** Case numbers, `*` for any part, e.g. `1.*`. */
  readonly cases: readonly string[];
  /** Where the suite writes its own reports, `index.html` among them. */
  readonly outDir: string;
  /** Ends the suite early. */
  readonly signal?: AbortSignal;
}

/**
 * Starts `target` with deflate on and runs Autobahn's fuzzing client against it; all cases take some minutes.
 * @returns the outcome of each case by its number, e.g. `OK`, or `NON-STRICT, closing FAILED`.
 * @throws TargetUnavailable when the target cannot run here; Error with what the suite said when it wrote no report.
 */
export async function runAutobahn(
  suite: AutobahnSuite,
  target: Target,
  { cases, outDir, signal }: AutobahnRun,
): Promise<Record<string, string>> {
  const config = parseConfig({
    port: 0,
    deflateLevel: keptLevel(target.capabilities),
    readLimitBytes: READ_LIMIT_BYTES,
    maxBufferedBytes: 4 * READ_LIMIT_BYTES,
  });
  const server = await startServer(target, config, { ...(signal && { signal }) });
  try {
    mkdirSync(outDir, { recursive: true });
    const spec = {
      outdir: outDir,
      servers: [{ agent: target.name, url: server.url }],
      cases,
      'exclude-cases': [],
      'exclude-agent-cases': {},
    };
    const specFile = join(outDir, 'spec.json');
    writeFileSync(specFile, JSON.stringify(spec));
    await wstest(suite, specFile, signal);
    return outcomesOf(readFileSync(join(outDir, 'index.json'), 'utf8'), target.name);
  } finally {
    await server.kill();
  }
}

/** The outcomes of one agent in the text of `index.json`, in the order of the cases' numbers. */
export function outcomesOf(index: string, agent: string): Record<string, string> {
  const reported = (JSON.parse(index) as Record<string, Record<string, ReportedCase>>)[agent] ?? {};
  const inOrder = Object.keys(reported).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return Object.fromEntries(inOrder.map((id) => [id, words(reported[id]!)]));
}

/** Judgements of the closing that say nothing: which side dropped TCP first is a race against a second of the suite. */
const CLOSED_WELL = ['OK', 'FAILED BY CLIENT'];

function words({ behavior, behaviorClose, remoteCloseCode }: ReportedCase): string {
  if (behavior === 'INFORMATIONAL' || CLOSED_WELL.includes(behaviorClose)) return behavior;
  return `${behavior}, closing ${behaviorClose}${remoteCloseCode === null ? '' : ` (${remoteCloseCode})`}`;
}

async function wstest(
  suite: AutobahnSuite,
  specFile: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [command, ...args] = [
    ...commandPrefix(),
    suite.python,
    ...suite.wstest('--mode', 'fuzzingclient', '--spec', specFile),
  ];
  const child = spawn(command!, args, { stdio: ['ignore', 'ignore', 'pipe'], ...(signal && { signal }) });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-2000);
  });
  const [code] = await once(child, 'close');
  if (code !== 0)
    throw new Error(`the Autobahn test suite ended with ${code}: ${said.trim() || 'nothing on stderr'}`);
}
