/** What the tool needs of its process. */
export interface CliTerminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether `err` goes to a terminal, where a line may be overwritten. */
  readonly isTty: boolean;
  /** Calls `listener` at the first Ctrl-C; SIGTERM is one too. */
  onInterrupt(listener: () => void): void;
}
