import { readdirSync } from 'node:fs';

const POLL_MS = 20;

/**
 * Resolves when the last WebSocket has ended on the wire. uWS calls `close` at once when a server ends a connection,
 * while the backlog, the close frame and the peer's answer are still under way; a process that exits then resets the
 * connection, and the peer loses what it was sent. The process' descriptors tell (Linux): when they are as many fewer
 * as there were connections. Where they cannot be seen, the process ends by itself instead.
 * @param end ends all connections and stops listening; returns how many descriptors will go by that.
 */
export function drained(end: () => number): Promise<void> {
  const before = openDescriptors();
  const going = end();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!(openDescriptors() <= before - going)) return;
      clearInterval(timer);
      resolve();
    }, POLL_MS);
    timer.unref();
  });
}

function openDescriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return Number.NaN;
  }
}
