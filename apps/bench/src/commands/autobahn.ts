import { join } from 'node:path';
import { judgementOf } from '@ws-arena/contract/autobahn/autobahn-section';
import { autobahnSuite } from '@ws-arena/contract/autobahn/autobahn-suite';
import { autobahnTargets, recorded, runAutobahn } from '@ws-arena/contract/autobahn/run-autobahn';
import { TargetUnavailable } from '@ws-arena/contract/target-unavailable';
import type { Target } from '@ws-arena/contract/targets';
import { benchConfig } from '../plan/bench-config.ts';
import { parseOwnOptions } from '../plan/options.ts';
import { UsageError } from '../plan/usage-error.ts';
import { RunFolder } from '../store/run-folder.ts';

/**
 * `pnpm bench conformance --autobahn`: the Autobahn test suite on every target that speaks plain WebSocket, and what
 * differs from the outcomes that are recorded.
 * @returns 0 when every target could run and showed what is recorded, otherwise 1.
 * @throws AutobahnUnavailable when the suite cannot run here.
 */
export async function autobahn(argv: readonly string[], interrupted: AbortSignal): Promise<number> {
  const { targets, python, out } = parseOwnOptions(argv, ['targets', 'python', 'out']);
  const chosen = targetsOf(targets);
  const { path } = RunFolder.create(out, new Date(), 'autobahn');
  const suite = await autobahnSuite(python);
  process.stderr.write(
    `Autobahn test suite ${suite.version} in ${suite.python}; some minutes for each target\n`,
  );
  let same = true;
  for (const target of chosen) {
    try {
      const run = { cases: ['*'], outDir: join(path, target.name), signal: interrupted };
      const outcomes = await runAutobahn(suite, target, run);
      const differences = differencesFrom(recorded(target.name), outcomes);
      same &&= differences.length === 0;
      process.stdout.write(`${target.name}: ${[counts(outcomes), ...differences].join('\n  ')}\n`);
    } catch (error) {
      if (!(error instanceof TargetUnavailable)) throw error;
      same = false;
      process.stdout.write(`${target.name}: cannot run here: ${error.message}\n`);
    }
  }
  process.stderr.write(`the suite's own reports: ${path}\n`);
  return same ? 0 : 1;
}

function targetsOf(names = autobahnTargets.map(({ name }) => name).join(',')): readonly Target[] {
  const { targetList } = benchConfig({ targets: names });
  const other = targetList.find((target) => !autobahnTargets.includes(target));
  if (!other) return targetList;
  const allowed = autobahnTargets.map(({ name }) => name).join(', ');
  throw new UsageError(
    `--autobahn needs servers of this project that echo plain messages, and got "${other.name}"; allowed: ${allowed}`,
  );
}

/** A sentence for each case whose outcome is not the recorded one. */
function differencesFrom(
  recorded: Readonly<Record<string, string>>,
  outcomes: Readonly<Record<string, string>>,
): string[] {
  const ids = [...new Set([...Object.keys(recorded), ...Object.keys(outcomes)])];
  return ids
    .filter((id) => recorded[id] !== outcomes[id])
    .map((id) => `${id}: ${outcomes[id] ?? 'not run'}, recorded ${recorded[id] ?? 'nothing'}`);
}

function counts(outcomes: Readonly<Record<string, string>>): string {
  const byWord = new Map<string, number>();
  for (const outcome of Object.values(outcomes)) {
    const word = judgementOf(outcome);
    byWord.set(word, (byWord.get(word) ?? 0) + 1);
  }
  return [...byWord].map(([word, count]) => `${count} ${word}`).join(', ');
}
