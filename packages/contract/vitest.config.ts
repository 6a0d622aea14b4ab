import { defineConfig } from 'vitest/config';

// Rows wait for deadlines of server processes: many at once, and patient with a busy machine.
export default defineConfig({
  test: { maxConcurrency: 16, testTimeout: 120_000, hookTimeout: 30_000, maxWorkers: 2 },
});
