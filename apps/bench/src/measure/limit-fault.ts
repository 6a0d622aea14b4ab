import type { LoadResult } from '@ws-arena/load/load-result';

/** Why a search for the largest message found none, in one sentence; undefined when it did, or was no such search. */
export function limitFault({ limit, connections }: LoadResult): string | undefined {
  if (!limit) return undefined;
  const [reason] = Object.keys(connections.failed);
  if (reason !== undefined)
    return `a connection of the search for the largest message did not open: ${reason}`;
  return limit.largestBytes > 0 ? undefined : `not even a message of 1 byte came back: ${limit.past}`;
}
