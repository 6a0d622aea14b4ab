/**
 * p values adjusted for being looked at together, by Benjamini and Hochberg (Journal of the Royal Statistical Society B
 * 57, 1995): calling a difference where the adjusted p is at most 0.05 keeps the expected share of false ones among
 * those called at 5 %, and when nothing differs at all, the chance of calling anything at 5 %.
 *
 * Holm's method, which bounds the chance of a single false call, is not used: exact p values of small samples have a
 * floor (0.008 with 5 rounds a side), so from the seventh comparison on Holm could call nothing, however large the
 * difference, and a report has hundreds.
 */
export function adjustForFalseDiscovery(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => ps[b]! - ps[a]!);
  const adjusted = new Array<number>(ps.length);
  let least = 1;
  order.forEach((index, fromTop) => {
    const place = ps.length - fromTop;
    least = Math.min(least, (ps[index]! * ps.length) / place);
    adjusted[index] = least;
  });
  return adjusted;
}
