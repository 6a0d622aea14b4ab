/** How an outcome stands to the RFC. `non-strict` keeps a peer safe without being what the RFC says, as in Autobahn's reports. */
export type Verdict = 'ok' | 'non-strict' | 'failed' | 'not applicable';

/** A case of one target, and the rule of the RFC that it puts to the test. */
export interface JudgedCase {
  readonly name: string;
  /** Absent in runs from before rules were counted: such a case is a rule of its own. */
  readonly rule?: string;
  readonly verdict: Verdict;
}

/** How a target stands to a rule of the RFC. */
export interface Standing {
  /** The worst verdict of the rule's cases; `not applicable` when none applies. */
  readonly verdict: Verdict;
  /** How many cases have that verdict, of how many that apply. */
  readonly cases: number;
  readonly of: number;
}

const worstFirst: readonly Verdict[] = ['failed', 'non-strict', 'ok'];

/**
 * How one target stands to each rule, in the order in which the rules first come. A rule is kept as well as in its worst
 * case: a check that is missing is one failure, whether three cases or seventy meet it.
 */
export function standings(cases: readonly JudgedCase[]): Map<string, Standing> {
  const byRule = Map.groupBy(cases, ({ rule, name }) => rule ?? name);
  return new Map([...byRule].map(([rule, own]) => [rule, worst(own.map(({ verdict }) => verdict))]));
}

function worst(verdicts: readonly Verdict[]): Standing {
  const verdict = worstFirst.find((one) => verdicts.includes(one)) ?? 'not applicable';
  const apply = verdicts.filter((one) => one !== 'not applicable');
  return { verdict, cases: apply.filter((one) => one === verdict).length, of: apply.length };
}

/** How many of `verdicts` are of each kind. */
export function counted(verdicts: readonly Verdict[]): Record<Verdict, number> {
  const counts = { ok: 0, 'non-strict': 0, failed: 0, 'not applicable': 0 };
  for (const verdict of verdicts) counts[verdict] += 1;
  return counts;
}
