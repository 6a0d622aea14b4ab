import { expect, onTestFinished, test } from 'vitest';
import { Peer } from '../suite/peer.ts';
import { targetNamed } from '../targets.ts';
import { Victim } from './victim.ts';

/** What a server of ws that is `spoilt` is found to suffer, without any attack. */
async function harmAfter(
  spoil: (victim: Victim) => unknown,
  patienceMs?: number,
): Promise<string | undefined> {
  const victim = await Victim.start(targetNamed('ws')!, 'off', patienceMs);
  onTestFinished(() => victim.stop());
  await spoil(victim);
  const harm = (await victim.suffer([])) ?? (await victim.leak());
  return harm?.kind;
}

test('an unharmed server is found so', async () => {
  expect(await harmAfter(() => {})).toBeUndefined();
});

test('a server that was killed has died, not fallen silent', async () => {
  expect(await harmAfter(({ server }) => process.kill(server.pid, 'SIGKILL'))).toBe('died');
});

test('a server that stands still is mute', async () => {
  expect(await harmAfter(({ server }) => process.kill(server.pid, 'SIGSTOP'), 300)).toBe('mute');
});

test('a connection that is still there after the attackers left is a leak', async () => {
  expect(await harmAfter(({ server }) => Peer.open(server), 300)).toBe('leak');
});
