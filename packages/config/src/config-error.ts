/** A setting that cannot work. The message is one sentence: what was got, what is allowed, and why. Exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
