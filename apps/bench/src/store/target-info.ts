import { type Target, targets } from '@ws-arena/contract/targets';
import type { TargetInfo } from '@ws-arena/results/environment';
import type { ReadyLine } from '@ws-arena/server-interface/ready-line';

/** The row of a target that runs; its server's ready line says which version. @param notes what is not measured of it. */
export function availableTarget(
  target: Target,
  ready: ReadyLine | undefined,
  notes: readonly string[] = [],
): TargetInfo {
  return {
    ...row(target),
    notes: [...target.capabilities.notes, ...notes.map((note) => `not measured: ${note}`)],
    library: ready?.library ?? target.library,
    version: ready?.version ?? 'unknown',
    available: true,
    ...(ready && { runtime: ready.runtime }),
  };
}

/** The row of a target that cannot run here, with the reason. */
export function missingTarget(target: Target, reason: string): TargetInfo {
  return { ...row(target), version: 'unknown', available: false, reason };
}

/** The references and baselines that were not asked for: rows that say so. */
export function unaskedTargets(asked: readonly Target[]): TargetInfo[] {
  return targets
    .filter((target) => ['reference', 'baseline'].includes(target.kind) && !asked.includes(target))
    .map((target) =>
      missingTarget(target, 'not part of this run; add by --targets, or use --preset standard'),
    );
}

function row(target: Target): Omit<TargetInfo, 'version' | 'available'> {
  const { name, library, language, kind, capabilities } = target;
  return { name, library, language, kind, notes: capabilities.notes };
}
