import { readFileSync } from 'node:fs';

/** `PF_EXITING` of the kernel's include/linux/sched.h: set before the process gives up its memory and its sockets. */
const EXITING = 0x4;

/**
 * Whether a process has ended or is ending. A killed process closes its sockets before its parent hears of it, so the
 * peers of a dying server may see resets while its exit event is still to come; the kernel's flags (proc_pid_stat(5),
 * field 9) tell at that moment already. Without /proc, whether a signal could be sent.
 */
export function hasEnded(pid: number): boolean {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return !canBeSignalled(pid);
  }
  // The command name in parentheses may hold spaces: fields count from behind it, and the state is the third.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' || (Number(fields[5]) & EXITING) !== 0;
}

function canBeSignalled(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
