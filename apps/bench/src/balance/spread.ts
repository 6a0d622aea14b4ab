/** The coefficient of variation (standard deviation over mean) of connections per instance: 0 is even. */
export function coefficientOfVariation(counts: readonly number[]): number {
  const mean = counts.reduce((sum, n) => sum + n, 0) / counts.length;
  if (mean === 0) return 0;
  const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / counts.length;
  return Math.sqrt(variance) / mean;
}
