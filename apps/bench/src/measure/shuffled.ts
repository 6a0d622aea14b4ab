/**
 * Orders for blocks, drawn by lot; each is followed by its reverse, so that of any two items each goes first equally often.
 * @param random a number from 0 up to 1.
 */
export function balancedOrders<T>(random: () => number): (items: readonly T[]) => readonly T[] {
  let last: readonly T[] | undefined;
  return (items) => {
    if (last && last.length === items.length && last.every((item) => items.includes(item))) {
      const reverse = [...last].reverse();
      last = undefined;
      return reverse;
    }
    last = shuffled(items, random);
    return last;
  };
}

/** Fisher–Yates. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
