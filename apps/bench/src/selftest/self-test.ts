/** One claim about this tool, and what was found when it was put to the test. */
export interface SelfTest {
  readonly name: string;
  readonly expected: string;
  readonly found: string;
  readonly passed: boolean;
}

/** The outcomes as a table for the terminal, a line each. */
export function selfTestTable(tests: readonly SelfTest[]): string {
  const width = Math.max(...tests.map((test) => test.name.length));
  return tests
    .map(({ name, expected, found, passed }) => {
      const mark = passed ? 'ok  ' : 'FAIL';
      return `${mark} ${name.padEnd(width)}  expected ${expected}; found ${found}`;
    })
    .join('\n');
}
