/** What kind of value an option takes; `list` kinds may be given several times. */
export type OptionType = 'text' | 'number' | 'duration' | 'size' | 'flag' | 'list';

/** One option of the command line: parsing, `--help` and docs/loadgen.md are made from this. */
export interface CliOption {
  readonly group: 'Target' | 'Load' | 'Messages' | 'Handshake' | 'TLS' | 'Fleet' | 'Result';
  readonly type: OptionType;
  /** As a person would type it; empty for none. A flag's is `false` or `true`. */
  readonly default: string;
  /** The word for its value in help, e.g. `URL`. */
  readonly value?: string;
  /** The only values it takes. */
  readonly oneOf?: readonly string[];
  readonly help: string;
}
