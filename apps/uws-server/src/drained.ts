import { once } from 'node:events';

/**
 * Resolves when the last socket of this process has closed, once nothing listens any more. uWS calls `close` at once when
 * a server ends a connection, while the backlog, the close frame and the peer's answer are still under way; a process that
 * exits then resets the connection, and the peer loses what it was sent. uWS does not say when they have arrived, but
 * Node.js does: without a socket the event loop has nothing to wait for.
 */
export async function drained(): Promise<void> {
  await once(process, 'beforeExit');
}
