/**
 * Leaves out of `items` what can be left out without making `fails` false, by ever smaller parts: ddmin (Zeller and
 * Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).
 * @param fails is asked about lists that are shorter than `items`.
 * @param goOn is asked before each try; once it says no, what was found until then is returned.
 */
export async function reduce<T>(
  items: readonly T[],
  fails: (fewer: readonly T[]) => Promise<boolean>,
  goOn: () => boolean = () => true,
): Promise<readonly T[]> {
  let least = items;
  for (let parts = 2; least.length > 1 && goOn(); ) {
    const size = Math.ceil(least.length / parts);
    const fewer = await firstThatFails(least, size, fails, goOn);
    if (fewer) {
      least = fewer;
      parts = Math.max(parts - 1, 2);
    } else if (size === 1) break;
    else parts = Math.min(parts * 2, least.length);
  }
  return least;
}

async function firstThatFails<T>(
  items: readonly T[],
  size: number,
  fails: (fewer: readonly T[]) => Promise<boolean>,
  goOn: () => boolean,
): Promise<readonly T[] | undefined> {
  for (let at = 0; at < items.length && goOn(); at += size) {
    const fewer = [...items.slice(0, at), ...items.slice(at + size)];
    if (await fails(fewer)) return fewer;
  }
  return undefined;
}
