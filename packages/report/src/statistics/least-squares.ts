/** A straight line through points. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/** The line of least squares through `points`, or undefined with fewer than two different x. */
export function leastSquares(
  points: readonly { readonly x: number; readonly y: number }[],
): Line | undefined {
  const n = points.length;
  const meanX = points.reduce((sum, point) => sum + point.x, 0) / n;
  const meanY = points.reduce((sum, point) => sum + point.y, 0) / n;
  let covariance = 0;
  let variance = 0;
  for (const { x, y } of points) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  if (!(variance > 0)) return undefined;
  const slope = covariance / variance;
  return { slope, intercept: meanY - slope * meanX };
}
