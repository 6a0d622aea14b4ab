/** The command line is wrong. The message is one sentence: what was got, what is allowed. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
