import { expect, test } from 'vitest';
import { processUsage } from './process-usage.ts';

test('the CPU time and memory of processes are what they say themselves', ({ skip }) => {
  if (process.platform !== 'linux') return skip('CPU and memory of processes: no /proc is here');
  const { user } = process.cpuUsage();
  const one = processUsage([process.pid]);
  // The kernel counts in steps of 10 ms.
  expect(one.cpuUserUs).toBeGreaterThanOrEqual(user - 20_000);
  expect(one.cpuUserUs).toBeLessThanOrEqual(process.cpuUsage().user + 20_000);
  expect(one.rssBytes).toBeGreaterThan(1e7);
  expect(processUsage([process.pid, process.pid]).cpuUserUs).toBeGreaterThanOrEqual(2 * one.cpuUserUs);
});

test('a process that is not there is said', () => {
  expect(() => processUsage([2 ** 30])).toThrow('there is no process 1073741824 here');
});
