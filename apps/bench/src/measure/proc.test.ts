import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { childrenOf, gained, readCpu, readMachine, readThreads, residentBytes } from './proc.ts';

const hasProc = existsSync('/proc/self/schedstat');

/** A process that uses `ms` of CPU time for each line that it is sent, and answers when it has. */
function worker(ms: number) {
  const script = `
    process.stdin.on('data', () => {
      const from = process.cpuUsage().user;
      while (process.cpuUsage().user - from < ${ms * 1000});
      console.log('done');
    });
    const big = Buffer.alloc(64 * 2 ** 20, 1);
    console.log('ready', big.length);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

test.runIf(hasProc)('CPU time between two readings is what the process used, whatever else ran', async () => {
  const child = worker(80);
  await once(child.stdout!, 'data');
  const from = readThreads([child.pid!]);
  child.stdin!.write('go\n');
  await once(child.stdout!, 'data');
  const { cpuNs, busiestNs } = gained(from, readThreads([child.pid!]));
  // A burner counts its own user time; the kernel's share of the same loop comes on top.
  expect(cpuNs).toBeGreaterThan(75e6);
  expect(busiestNs).toBeGreaterThan(75e6);
  expect(readCpu([child.pid!]).totalNs).toBeGreaterThan(70e6);
});

test.runIf(hasProc)('memory is what the kernel calls VmRSS, on pages of any size', async () => {
  const child = worker(1);
  await once(child.stdout!, 'data');
  const seen = residentBytes([child.pid!]);
  expect(seen).toBeGreaterThan(64 * 2 ** 20);
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1];
  expect(Math.abs(seen - Number(kib) * 1024)).toBeLessThan(16 * 2 ** 20);
});

test.runIf(hasProc)('the machine’s counters only grow, and children are found', async () => {
  const child = worker(20);
  await once(child.stdout!, 'data');
  expect(childrenOf(process.pid)).toContain(child.pid);
  const before = readMachine();
  child.stdin!.write('go\n');
  await once(child.stdout!, 'data');
  const after = readMachine();
  expect(before.busyNs).toBeGreaterThan(0);
  for (const name of ['busyNs', 'stealNs', 'pressureNs'] as const)
    expect(after[name]).toBeGreaterThanOrEqual(before[name]);
});

test('processes that are gone count nothing', () => {
  const gone = [2 ** 22 + 1];
  expect(gained(readThreads(gone), readThreads(gone))).toEqual({ cpuNs: 0, busiestNs: 0 });
  expect(residentBytes(gone)).toBe(0);
});
