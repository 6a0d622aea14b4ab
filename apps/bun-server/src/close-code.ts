/** The close codes that Bun sends, by the reason that it gives to `close`; for any other reason it sends 1002. */
const codes: Readonly<Record<string, number>> = {
  'Received too big message': 1009,
  'Received invalid UTF-8': 1007,
};

/** The close code that the client saw. Where the client breaks a rule, Bun sends a code, but gives 1006 and a reason to `close`. */
export function closeCode(code: number, reason: string): number {
  return code === 1006 && reason.startsWith('Received ') ? (codes[reason] ?? 1002) : code;
}
