import { defineConfig, mergeConfig } from 'vitest/config';
import shared from '../../scripts/vitest.config.ts';

// Rows wait for deadlines of server processes: many at once.
export default mergeConfig(shared, defineConfig({ test: { maxConcurrency: 16, maxWorkers: 2 } }));
