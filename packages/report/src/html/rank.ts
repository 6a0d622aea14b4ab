/** What the ranking knows of one target: for each need how many times behind the best it is, 1 for best and ties. */
export interface Candidate {
  readonly name: string;
  /** Null where there is no figure that could be ranked. */
  readonly behind: Readonly<Record<string, number | null>>;
  readonly features: readonly string[];
}

/** A target's place under the reader's weights. */
export interface Ranked {
  readonly name: string;
  /** The weighted geometric mean of best-to-own over the needs, 0 to 1; null when it cannot be ranked. */
  readonly score: number | null;
  /** Needs with a weight and without a figure. */
  readonly unknown: readonly string[];
  /** Features asked for that it lacks. */
  readonly lacks: readonly string[];
}

/**
 * Ranks `candidates` by `weights` (0 and up, by need) among those that have every feature in `required`. The mean is
 * geometric because ratios are multiplied, not added (Fleming and Wallace 1986, "How not to lie with statistics").
 * It stands alone, without imports, because the page carries this very function in its script.
 */
export function rank(
  candidates: readonly Candidate[],
  weights: Readonly<Record<string, number>>,
  required: readonly string[],
): Ranked[] {
  const needs = Object.keys(weights).filter((need) => weights[need]! > 0);
  const total = needs.reduce((sum, need) => sum + weights[need]!, 0);
  const ranked = candidates.map((candidate) => {
    const unknown = needs.filter((need) => candidate.behind[need] == null);
    const lacks = required.filter((feature) => !candidate.features.includes(feature));
    const known = unknown.length === 0 && lacks.length === 0 && total > 0;
    const logs = needs.reduce((sum, need) => sum + weights[need]! * Math.log(candidate.behind[need] ?? 1), 0);
    return { name: candidate.name, score: known ? Math.exp(-logs / total) : null, unknown, lacks };
  });
  return ranked.sort((a, b) => (b.score ?? -1) - (a.score ?? -1));
}
