import { connect } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Attack } from './attack.ts';

/** How long an attacker waits for an answer that may never come, in milliseconds. */
const MOMENT_MS = 50;

/** Does the steps of `attack` on a connection of its own; resolves when that has ended, whatever the server did. */
export async function runAttack(port: number, attack: Attack): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let heard = false;
  let onHeard = () => {};
  socket.on('data', () => {
    heard = true;
    onHeard();
  });
  socket.on('error', () => {});
  const answer = () => {
    if (heard) return;
    return new Promise<void>((resolve) => {
      onHeard = resolve;
    });
  };
  for (const step of attack) {
    if (socket.destroyed) break;
    if (step.kind === 'send') socket.write(step.bytes);
    else if (step.kind === 'turn') await setImmediate();
    else if (step.kind === 'answer') {
      await briefly([answer(), closed]);
      heard = false;
    } else if (step.kind === 'stall') socket.pause();
    else if (step.kind === 'fin') socket.end();
    else socket.resetAndDestroy();
  }
  socket.destroy();
  await closed;
}

/** Waits for one of `events`, for a moment. */
async function briefly(events: readonly (Promise<void> | undefined)[]): Promise<void> {
  const over = new AbortController();
  const moment = setTimeout(MOMENT_MS, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([...events, moment]);
  over.abort();
}
