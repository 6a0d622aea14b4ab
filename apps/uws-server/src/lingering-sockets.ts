import type { TemplatedApp } from 'uWebSockets.js';
import { readdirSync } from 'node:fs';

const POLL_MS = 20;

/**
 * Knows when the last WebSocket has ended on the wire. uWS calls `close` at once when a server ends a connection,
 * while the backlog, the close frame and the peer's answer are still under way; a process that exits then resets the
 * connection, and the peer loses what it was sent. The process' descriptors tell (Linux): those beyond its own are
 * sockets, and of these the filter counts the HTTP connections that are only kept alive.
 */
export class LingeringSockets {
  #own: number | undefined;
  #httpConnections = 0;

  constructor(app: TemplatedApp) {
    const count = (_res: unknown, change: number) => {
      // Counted at the first connection, when all that a process opens for itself is open: less the listening
      // socket, which a drain closes, and this one.
      this.#own ??= openDescriptors() - 2;
      this.#httpConnections += change;
    };
    app.filter(count);
  }

  /** An HTTP connection has become a WebSocket, of which uWS does not tell the filter. */
  upgraded(): void {
    this.#httpConnections -= 1;
  }

  /** Resolves when none is left; where descriptors cannot be seen, the process ends by itself instead. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (this.#own !== undefined && !(openDescriptors() <= this.#own + this.#httpConnections)) return;
        clearInterval(timer);
        resolve();
      }, POLL_MS);
      timer.unref();
    });
  }
}

function openDescriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return Number.NaN;
  }
}
