import type { UserConsoleLog } from 'vitest';
import type { Reporter, TestCase } from 'vitest/node';
import { tellSkipped } from './skipped.ts';

/** What a test file prints before the reason when it leaves out tests without a note. */
const MARK = 'skipped: ';

/**
 * A vitest reporter that tells at the end why tests were skipped: the notes of `skip(note)`, and what test files printed
 * after "skipped: ". A run of all packages gathers the reasons in one file, and `scripts/test.ts` prints them.
 */
export default class SkipReporter implements Reporter {
  readonly #reasons: string[] = [];

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state === 'skipped' && result.note !== undefined) this.#reasons.push(result.note);
  }

  onUserConsoleLog({ content }: UserConsoleLog): void {
    const lines = content.split('\n').filter((line) => line.startsWith(MARK));
    this.#reasons.push(...lines.map((line) => line.slice(MARK.length)));
  }

  onTestRunEnd(): void {
    tellSkipped(this.#reasons);
  }
}
