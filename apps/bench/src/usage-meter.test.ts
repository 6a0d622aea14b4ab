import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { UsageMeter } from './usage-meter.ts';

const hasProc = existsSync('/proc/self/schedstat');
if (!hasProc) console.warn('skipped: usage of processes: no /proc/self/schedstat here');

test.runIf(hasProc)('a process that does nothing uses nothing, one that spins is saturated', async () => {
  const script = (body: string) =>
    spawn(process.execPath, ['-e', `console.log('up'); ${body}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  const idle = script('process.stdin.resume()');
  const busy = script('for (;;);');
  try {
    await Promise.all([once(idle.stdout!, 'data'), once(busy.stdout!, 'data')]);
    const meters = [idle, busy].map((child) => new UsageMeter(() => [child.pid!]));
    for (const meter of meters) meter.start();
    const from = process.hrtime.bigint();
    await setTimeout(300);
    const windowNs = Number(process.hrtime.bigint() - from);
    const [still, spun] = meters.map((meter) => meter.stop(windowNs)!);
    // Time on a core plus time waiting for one: a spinning thread is at 1 however busy the machine is.
    expect(spun!.saturation).toBeGreaterThan(0.5);
    expect(still!.cpuNs).toBeLessThan(spun!.cpuNs / 2 + 1e6);
    expect(still!.rssBytes).toBeGreaterThan(1e7);
  } finally {
    idle.kill('SIGKILL');
    busy.kill('SIGKILL');
  }
});

test('where there is no such process there is no figure', () => {
  const meter = new UsageMeter(() => []);
  meter.start();
  expect(meter.stop(1)).toBeUndefined();
});
