import { type VerdictReason, verdictReasons } from '@ws-arena/report/verdict-table';
import { UsageError } from '../plan/usage-error.ts';

/** The exit code for what `--fail-on` names: 3 where there is any of it. @throws UsageError for another word. */
export function failOn(
  list: string | undefined,
): (counts: Readonly<Record<VerdictReason, number>>) => number {
  const reasons = (list?.split(',') ?? []).map((word) => {
    const reason = verdictReasons.find((one) => one === word);
    if (reason) return reason;
    throw new UsageError(`--fail-on has "${word}"; allowed: ${verdictReasons.join(', ')}, comma-separated`);
  });
  return (counts) => (reasons.some((reason) => counts[reason] > 0) ? 3 : 0);
}
