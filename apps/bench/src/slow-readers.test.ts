import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Bench, folder, hasProc, runIn, until } from './testing/bench-process.ts';

if (!hasProc) console.warn('skipped: rooms with slow readers: no /proc here');

test.runIf(hasProc)(
  'slow: a server killed in the middle is named; of the next nothing is dropped in silence, and nobody else loses a message',
  async () => {
    const out = folder();
    const words = [
      '--preset',
      'smoke',
      '--scenarios',
      'slow',
      '--routes',
      'direct',
      '--targets',
      'socketio,ws',
    ];
    const bench = new Bench([...words, '--out', out]);
    const serversOf = (name: string) =>
      bench.processes().filter(({ command }) => command.includes(`${name}-server/src/main.ts`));
    // The first was started to see whether it runs here.
    const [, second] = await until('the server of the room', () => {
      const servers = serversOf('socketio').sort((a, b) => a.pid - b.pid);
      return servers.length === 2 && servers;
    });
    await until('the generator', () =>
      bench.processes().some(({ command }) => command.includes('loadgen/src/main.ts')),
    );
    process.kill(second!.pid, 'SIGKILL');
    expect(await bench.ended(), bench.stderr).toBe(1);
    const [socketio, ws] = runIn(out).trials;
    expect(socketio!.error).toMatch(/the socketio server was killed by SIGKILL|ended before it was ready/);
    expect(ws!.error).toBeUndefined();
    const { messages, slow } = ws!.load!;
    expect(messages).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, corrupted: 0 });
    expect(slow).toMatchObject({ members: 4, dropped: 0 });
    const { course } = ws!;
    // When they are cut depends on how fast this machine is; that only they are does not.
    expect(course!.length).toBeGreaterThan(0);
    for (const { connections, cuts } of course!) {
      expect(cuts).toBeLessThanOrEqual(4);
      expect(connections).toBeGreaterThanOrEqual(16);
    }
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain('p99 of the healthy');
    expect(bench.processes()).toEqual([]);
  },
);
