import { conformance } from '@ws-arena/contract/rfc/conformance';
import type { Target } from '@ws-arena/contract/targets';
import type { TargetInfo } from '@ws-arena/results/environment';
import type { RunFolder } from './run-folder.ts';
import { availableTarget, missingTarget } from './target-info.ts';

/**
 * Runs the RFC table on every target that this project can start, and appends each outcome to the run.
 * @returns the targets' rows, those that could not run included.
 */
export async function appendConformance(
  folder: RunFolder,
  targets: readonly Target[],
  interrupted: AbortSignal,
): Promise<TargetInfo[]> {
  const infos: TargetInfo[] = [];
  const aborted = new Promise<void>((resolve) => {
    interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  for (const target of targets) {
    if (interrupted.aborted) break;
    try {
      const table = conformance(target, (outcome) => {
        folder.append({ type: 'conformance', target: target.name, ...outcome });
      });
      await Promise.race([table, aborted]);
      infos.push(availableTarget(target, undefined));
    } catch (error) {
      infos.push(missingTarget(target, (error as Error).message));
    }
  }
  return infos;
}
