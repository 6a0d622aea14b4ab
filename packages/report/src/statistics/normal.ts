/** The probability that a standard normal value is above `z`; relative error below 1.2e-7. */
export function normalTail(z: number): number {
  return erfc(z / Math.SQRT2) / 2;
}

// The complementary error function (Press et al., Numerical Recipes, section 6.2).
function erfc(x: number): number {
  const z = Math.abs(x);
  const t = 1 / (1 + z / 2);
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
    1.00002368, -1.26551223,
  ];
  const polynomial = coefficients.reduce((sum, c) => sum * t + c, 0);
  const value = t * Math.exp(-z * z + polynomial);
  return x >= 0 ? value : 2 - value;
}
