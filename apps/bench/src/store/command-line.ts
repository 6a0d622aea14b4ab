/** The words of a command line that say what is measured: a run that is shown to others does not name a folder of its machine. */
export function withoutFolder(argv: readonly string[]): string[] {
  return argv.filter((word, i) => argv[i - 1] !== '--out' && !/^--out(?:=|$)/.test(word));
}

/** What is stored as the command of a run. @param name `pnpm bench`, or that of a subcommand. */
export function commandLine(name: string, argv: readonly string[]): string {
  return [name, ...withoutFolder(argv)].join(' ');
}
