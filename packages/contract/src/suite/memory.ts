import { readFileSync } from 'node:fs';

/** Bytes of a MiB. */
export const MEBIBYTE = 1_048_576;

/** What a server may grow by while it holds off a client: the runtime's garbage, not the client's data. */
const GROWTH_BYTES = 96 * MEBIBYTE;

/** `memory bounded`, or by how much the memory of process `pid` grew while `work` went on. */
export async function memoryDuring(pid: number, work: Promise<unknown>): Promise<string> {
  const before = residentBytes(pid);
  let peak = before;
  const meter = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid));
  }, 50);
  await work.finally(() => clearInterval(meter));
  const grown = peak - before;
  return grown < GROWTH_BYTES ? 'memory bounded' : `memory grew by ${Math.round(grown / MEBIBYTE)} MiB`;
}

/** Resident memory of a process in bytes (proc_pid_status(5)); 0 where there is no /proc, or no such process. */
export function residentBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
