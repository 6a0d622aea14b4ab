/** The codes that a metric names: those of RFC 6455 section 7.4.1 and of IANA's registry that can end a connection. */
const named: ReadonlySet<number> = new Set([
  ...[1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014],
  ...[3000, 3003, 3008],
]);

/**
 * The value of the label `code` for a close code: a client chooses its code, and is not to choose how many series there
 * are. What is not named stands with its range: `3xxx`, `4xxx` or `other`.
 */
export function closeCodeLabel(code: number): string {
  if (named.has(code)) return String(code);
  return code >= 3000 && code <= 4999 ? `${Math.floor(code / 1000)}xxx` : 'other';
}
