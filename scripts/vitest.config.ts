import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** What the tests of every package share. Tests wait for what they expect, on a machine however busy: the limits only end what hangs. */
export default defineConfig({
  test: {
    testTimeout: 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    passWithNoTests: true,
    reporters: ['default', fileURLToPath(new URL('./skip-reporter.ts', import.meta.url))],
  },
});
