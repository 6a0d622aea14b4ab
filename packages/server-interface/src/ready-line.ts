/**
 * What a server prints as one line of JSON on stdout once it accepts connections; everything else it has to say
 * goes to stderr.
 */
export interface ReadyLine {
  readonly ready: true;
  /** The target's name, as in `targets`. */
  readonly target: string;
  readonly port: number;
  readonly pid: number;
  /** The package that was really loaded, e.g. `ws` or `uWebSockets.js (uws-pack)`. */
  readonly library: string;
  readonly version: string;
  /** e.g. `node 22.23.3` or `go1.26.8`. */
  readonly runtime: string;
}

/** The line's text, without the newline. */
export function formatReadyLine(line: Omit<ReadyLine, 'ready'>): string {
  return JSON.stringify({ ready: true, ...line });
}

/** The ready line in `text`, or undefined when `text` is something else that a process printed. */
export function parseReadyLine(text: string): ReadyLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(text) as Partial<ReadyLine>;
    return value.ready === true && Number.isInteger(value.port) && Number.isInteger(value.pid)
      ? (value as ReadyLine)
      : undefined;
  } catch {
    return undefined;
  }
}
