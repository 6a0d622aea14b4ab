/** The share of `connections` that belongs to process `part` of `parts`: the first one's number, and how many. */
export function shareOf(connections: number, { part, parts }: { part: number; parts: number }) {
  const first = Math.floor((connections * part) / parts);
  return { first, count: Math.floor((connections * (part + 1)) / parts) - first };
}
