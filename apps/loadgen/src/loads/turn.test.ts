import { defaultSpec } from '@ws-arena/load/load-spec';
import { expect, test } from 'vitest';
import { nowNs } from '../schedule/clock.ts';
import { Session } from '../transport/session.ts';
import type { RunningLoad } from './running-load.ts';
import { takeTurn } from './turn.ts';

/** A load that is never settled; each look takes its time, as where a flood of pings comes in between. */
function flooded(onLook: () => void): RunningLoad {
  return {
    start() {},
    end() {},
    message() {},
    batch() {},
    until: async () => {},
    get idle() {
      onLook();
      for (const untilNs = nowNs() + 50e6; nowNs() < untilNs; );
      return false;
    },
    figures: () => ({ sent: 0, delivered: 0, lost: 0, firstNs: 0, lastNs: 0 }),
  };
}

test('the drain counts time, not looks', async () => {
  const session = await Session.of({ ...defaultSpec, urls: ['ws://127.0.0.1:1/'] });
  const stop = new AbortController().signal;
  let looks = 0;
  const load = flooded(() => {
    looks += 1;
  });
  const at = nowNs();
  const schedule = { startNs: at, fromNs: at, toNs: at };
  await takeTurn(session, load, { schedule, drainMs: 100, stop });
  expect(looks).toBeLessThanOrEqual(3);
});
