import { readFileSync } from 'node:fs';

/** Descriptors that a process may have, the hard limit of this one; 1024 where it cannot be read. */
export function hardDescriptorLimit(): number {
  try {
    const line = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return line === 'unlimited' ? 1_048_576 : Number(line ?? 1024);
  } catch {
    return 1024;
  }
}
