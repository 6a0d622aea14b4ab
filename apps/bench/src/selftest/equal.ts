import { type Target, targetNamed } from '@ws-arena/contract/targets';
import { adjustForFalseDiscovery } from '@ws-arena/report/statistics/false-discovery';
import { median } from '@ws-arena/report/statistics/median';
import { presets } from '../plan/presets.ts';
import { calm, costRatio, type Lab, type Load, type MeasuredLoad, measureLoads } from './lab.ts';
import type { SelfTest } from './self-test.ts';

const { connections, ladder, handshakeRates, broadcasts } = presets.quick;
const messages = { connections, payloadBytes: 64 };

/** What `quick` measures of a target in slices, once direct and once through Nginx where it does. */
export const quickLoads: readonly Load[] = (['direct', 'nginx'] as const).flatMap((route): Load[] => {
  const { spread, burst } = route === 'direct' ? ladder.direct : ladder.proxied;
  return [
    ...spread.map(
      (ratePerSec): Load => ({ scenario: 'load', route, params: { ...messages, ratePerSec, burst: 1 } }),
    ),
    ...burst.map(
      (ratePerSec): Load => ({ scenario: 'load', route, params: { ...messages, ratePerSec, burst: 16 } }),
    ),
    { scenario: 'echo', route, params: { ...messages, window: 16 } },
    { scenario: 'connect', route, params: { ratePerSec: handshakeRates[0]! } },
    ...(route === 'direct'
      ? [{ scenario: 'broadcast' as const, route, params: { ...broadcasts[0]!, payloadBytes: 64 } }]
      : []),
  ];
});

/** At most one cell in twenty may be called different, and the ratios must lie this close to 1. */
const MOST_DIFFERENT = 0.05;
const TYPICAL_ERROR = 0.02;

/** Each library against itself, as two processes under two names: nothing may be called different. */
export async function equalTest(lab: Lab, libraries: readonly string[]): Promise<SelfTest[]> {
  const all: MeasuredLoad[] = [];
  const ratios = [];
  for (const library of libraries) {
    const twins = ['a', 'b'].map(
      (suffix): Target => ({ ...targetNamed(library)!, name: `${library}-${suffix}` }),
    );
    const measured = await lab.withArena({}, (arena) => measureLoads(arena, twins, quickLoads));
    all.push(...measured);
    ratios.push(...measured.map((one) => costRatio(one, twins[1]!.name, twins[0]!.name)));
  }
  const { alone, noise } = calm(all);
  const different = adjustForFalseDiscovery(ratios.map(({ p }) => p)).filter((p) => p < 0.05).length;
  const typical = median(ratios.map(({ ratio }) => Math.abs(ratio.center - 1)));
  const widest = Math.max(...ratios.map(({ ratio }) => Math.sqrt(ratio.hi / ratio.lo) - 1));
  const percent = (fraction: number) => `${(fraction * 100).toFixed(1)} %`;
  return [
    {
      name: `A/A: ${ratios.length} cells of quick, ${libraries.join(', ')} each against itself`,
      expected: `at most ${percent(MOST_DIFFERENT)} different${alone ? `, |ratio − 1| typically within ${percent(TYPICAL_ERROR)}` : ''}`,
      found: `${different} different, typically ${percent(typical)}, widest interval ±${percent(widest)}${noise}`,
      passed: different <= ratios.length * MOST_DIFFERENT && (!alone || typical <= TYPICAL_ERROR),
    },
  ];
}
