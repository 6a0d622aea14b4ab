/** The middle of `values` in any order; of an even number, the mean of the two in the middle. NaN when empty. */
export function median(values: readonly number[]): number {
  return medianOfSorted(Float64Array.from(values).sort());
}

/** As `median`, of values that ascend. */
export function medianOfSorted(sorted: Float64Array): number {
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  return (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2;
}
