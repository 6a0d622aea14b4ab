import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { hasEnded } from './alive.ts';

const SERVER = `
  const server = require('node:net').createServer((socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

const hasProc = existsSync('/proc/self/stat');
if (!hasProc) console.warn('skipped: whether a process has ended: no /proc here');

test.runIf(hasProc)(
  'a killed process counts as ended from the moment at which its peers can notice',
  async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      const child = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [port] = (await once(child.stdout!, 'data')) as [Buffer];
      const socket: Socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      expect(hasEnded(child.pid!)).toBe(false);
      let endedWhenNoticed = false;
      const noticed = new Promise<void>((resolve) => {
        const notice = () => {
          endedWhenNoticed ||= hasEnded(child.pid!);
          resolve();
        };
        socket.once('error', notice);
        socket.once('close', notice);
        socket.resume();
      });
      child.kill('SIGKILL');
      await noticed;
      expect(endedWhenNoticed).toBe(true);
    }
  },
);

test('a process that was never there has ended', () => {
  expect(hasEnded(2 ** 22 + 1)).toBe(true);
  expect(hasEnded(process.pid)).toBe(false);
});
