import type { Warning } from '@ws-arena/load/warning';
import type { NoiseSummary } from '@ws-arena/results/report-file';
import type { SliceLine } from '@ws-arena/results/slice-line';
import { doubt } from './doubt.ts';

/** From these shares of the machine's time on, a run has a banner and a case a warning. */
const BUSY = 0.05;
const STOLEN = 0.01;

/** What else went on in a machine of `cores` during `slices`; null where none of them says. */
export function noiseOf(slices: readonly SliceLine[], cores: number): NoiseSummary | null {
  const sums = { wall: 0, others: 0, steal: 0, pressure: 0 };
  for (const { load, noise } of slices) {
    if (!load || !noise) continue;
    sums.wall += load.wallNs;
    sums.others += noise.othersNs;
    sums.steal += noise.stealNs;
    sums.pressure += noise.pressureNs;
  }
  if (sums.wall === 0) return null;
  // The kernel counts in steps of 10 ms, so a short slice may seem to have more than all of the machine.
  const share = (sum: number, of: number) => Math.min(1, Math.max(0, sum / of));
  return {
    others: share(sums.others, sums.wall * cores),
    steal: share(sums.steal, sums.wall * cores),
    pressure: share(sums.pressure, sums.wall),
  };
}

/** The sentence on top of every report of a busy machine; null of a quiet one. */
export function bannerOf(noise: NoiseSummary | null): string | null {
  const [busy] = noise ? noiseWarnings(noise) : [];
  if (!noise || !busy) return null;
  const parts = noiseWarnings(noise).map(({ detail }) => detail);
  const what = parts.join(', and ');
  return `${what[0]!.toUpperCase()}${what.slice(1)} while it was measured: absolute figures are those of a busy machine. Ratios hold better, because slices of all targets take turns.`;
}

/** Doubts about a case that was measured while the machine was busy with something else. */
export function noiseWarnings({ others, steal }: NoiseSummary): Warning[] {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return [
    ...doubt(others >= BUSY, 'busy-machine', `other processes used ${percent(others)} of this machine`),
    ...doubt(steal >= STOLEN, 'steal', `other virtual machines took ${percent(steal)} of its time`),
  ];
}
