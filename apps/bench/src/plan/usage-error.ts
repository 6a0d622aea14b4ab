/** Wrong usage: one sentence with what was got and what is allowed. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
