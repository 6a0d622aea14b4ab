/** What drops, duplicates and swaps of one message in N do to the counts of `sent` messages, in order of arrival. */
export function oneInN(sent: number, n: number): number {
  return n === 0 ? 0 : Math.floor(sent / n);
}
