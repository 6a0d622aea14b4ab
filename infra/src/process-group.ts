import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A shell that waits for the end of its standard input, which comes when this process ends in whatever way, kill -9
 * included, and then ends the group, and removes `folder` if one is given.
 */
export function spawnGuard(group: number, folder?: string): ChildProcess {
  const script = `read -r _; kill -s TERM -- "-$0"; ${folder === undefined ? '' : 'rm -rf -- "$1"'}`;
  const guard = spawn('sh', ['-c', script, String(group), ...(folder === undefined ? [] : [folder])], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => {});
  guard.unref();
  const { stdin } = guard;
  if (stdin && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return guard;
}

/** Sends `signal` to every process of a group; nothing happens when nobody is left in it. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // Nobody is left in the group.
  }
}
