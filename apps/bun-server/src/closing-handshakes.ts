import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const LOOK_MS = 50;
/** FIN_WAIT1, FIN_WAIT2 and CLOSING, as proc_pid_net(5) writes them: this side has closed, and the other not yet. */
const CLOSING: ReadonlySet<string> = new Set(['04', '05', '0B']);

/**
 * Resolves when no client at `port` has a close frame to answer. Bun forgets a WebSocket as soon as it is told to close, and
 * keeps no process alive for it; but one that exits by then resets the connection, and with it the close frame may be lost. The
 * kernel knows who is still there; where there is no /proc, nobody does.
 */
export async function closingHandshakes(port: number): Promise<void> {
  while (await hasClosing(port)) await setTimeout(LOOK_MS);
}

async function hasClosing(port: number): Promise<boolean> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/self/net/${name}`, 'utf8').catch(() => '')),
  );
  const here = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return tables.some((table) =>
    table.split('\n').some((line) => {
      const [, local = '', , state = '', , , , , , inode] = line.trim().split(/\s+/);
      // Of a connection that this process has let go of, the inode is 0.
      return local.endsWith(here) && CLOSING.has(state) && inode !== '0';
    }),
  );
}
