/** What Bun says of a connection that it has ended itself, where it sends another code than 1002. */
const codes: Readonly<Record<string, number>> = {
  'Received too big message': 1009,
  'Received invalid UTF-8': 1007,
};

/** The close code that the client saw: Bun sends one for a broken rule, and has 1006 and a sentence for its own event. */
export function closeCode(code: number, reason: string): number {
  return code === 1006 && reason.startsWith('Received ') ? (codes[reason] ?? 1002) : code;
}
