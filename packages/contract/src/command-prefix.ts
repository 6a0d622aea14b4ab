import { execFileSync } from 'node:child_process';

const installed = new Map<string, boolean>();

/** Whether `command` can be run on this machine; asked once. */
export function isInstalled(command: string): boolean {
  let found = installed.get(command);
  if (found === undefined) {
    try {
      execFileSync(command, ['--version'], { stdio: 'ignore' });
      found = true;
    } catch {
      found = false;
    }
    installed.set(command, found);
  }
  return found;
}

/**
 * What stands before a command so that its process is held to `cpus` (taskset) and killed by the kernel when the process
 * that started it ends, however it ends (PR_SET_PDEATHSIG, prctl(2)); each only where util-linux has the tool.
 */
export function commandPrefix(cpus?: string): string[] {
  const guard = isInstalled('setpriv') ? ['setpriv', '--pdeathsig', 'KILL'] : [];
  return cpus === undefined ? guard : [...guard, 'taskset', '-c', cpus];
}
