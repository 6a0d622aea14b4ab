import { readFileSync } from 'node:fs';

/** Bytes of a MiB. */
export const MEBIBYTE = 1_048_576;

/** What a server may grow by while it holds off a client: the runtime's garbage, not the client's data. */
const GROWTH_BYTES = 96 * MEBIBYTE;

/** `memory bounded`, or by how much the memory of process `pid` grew while `work` went on. */
export async function memoryDuring(pid: number, work: Promise<unknown>): Promise<string> {
  const before = rssBytes(pid);
  let peak = before;
  const meter = setInterval(() => {
    peak = Math.max(peak, rssBytes(pid));
  }, 50);
  await work.finally(() => clearInterval(meter));
  const grown = peak - before;
  return grown < GROWTH_BYTES ? 'memory bounded' : `memory grew by ${Math.round(grown / MEBIBYTE)} MiB`;
}

/** Resident memory of a process, as proc_pid_status(5) tells it. */
export function rssBytes(pid: number): number {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}
