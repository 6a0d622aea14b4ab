import { UsageError } from '../plan/usage-error.ts';
import type { Command } from './command.ts';

/** Every command in the order of the help; one is loaded when it is asked for, because each needs other libraries. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  compare: async () => (await import('./report-commands.ts')).compareCommand,
  report: async () => (await import('./report-commands.ts')).reportCommand,
  list: async () => (await import('./list-command.ts')).listCommand,
  conformance: async () => (await import('./conformance-command.ts')).conformanceCommand,
  balance: async () => (await import('../balance/balance-command.ts')).balanceCommand,
  rooms: async () => (await import('../rooms/rooms-command.ts')).roomsCommand,
  article: async () => (await import('../article/article-command.ts')).articleCommand,
  selftest: async () => (await import('../selftest/selftest-command.ts')).selftestCommand,
  cost: async () => (await import('../generators/cost-command.ts')).costCommand,
  generators: async () => (await import('../generators/generators-command.ts')).generatorsCommand,
  fuzz: async () => (await import('./fuzz-command.ts')).fuzzCommand,
  doctor: async () => (await import('./doctor-command.ts')).doctorCommand,
  site: async () => (await import('./site-command.ts')).siteCommand,
  verdict: async () => (await import('./verdict-command.ts')).verdictCommand,
  init: async () => (await import('./init-command.ts')).initCommand,
  facts: async () => (await import('./facts-command.ts')).factsCommand,
  readme: async () => (await import('./report-commands.ts')).readmeCommand,
};

/** All of them, for the help. */
export function allCommands(): Promise<Command[]> {
  return Promise.all(Object.values(loaders).map((load) => load()));
}

/** @throws UsageError when there is none of that name. */
export async function commandNamed(name: string): Promise<Command> {
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  if (load) return load();
  throw new UsageError(
    `unknown command "${name}"; allowed: ${Object.keys(loaders).join(', ')}, or options of a run`,
  );
}
