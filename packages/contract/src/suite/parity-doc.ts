import { join } from 'node:path';
import { full } from '../capabilities.ts';
import { repoRoot } from '../repo-root.ts';
import { provenTargets } from './proven-targets.ts';
import { rows } from './rows.ts';

/** Where the table of the contract's rows stands. */
export const parityPath = join(repoRoot, 'docs/parity.md');

/** What each row showed, by target and then by the row's name. */
export type Outcomes = Map<string, ReadonlyMap<string, string>>;

/** The outcomes that the suite asserts: what the capabilities of each target say. */
export function expectedOutcomes(): Outcomes {
  return new Map(
    provenTargets.map(({ name, capabilities }) => [
      name,
      new Map(rows.map((row) => [row.name, row.expected(capabilities)])),
    ]),
  );
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** The table of contract rows and targets, in Markdown: ✓ is what the contract wants, anything else stands in words. */
export function parityDoc(outcomes: Outcomes): string {
  const names = provenTargets.map(({ name }) => name);
  const table = rows.map((row) => {
    const wanted = row.expected(full);
    const cells = names.map((name) => {
      const seen = outcomes.get(name)?.get(row.name);
      return seen === wanted ? '✓' : (seen ?? 'not run');
    });
    return line([`\`${row.about}\``, row.name, wanted, ...cells]);
  });
  const notes = provenTargets.flatMap(({ name, capabilities }) =>
    capabilities.notes.map((note) => `- **${name}**: ${note}.`),
  );
  return `# Parity: the contract on every server

Each row is seen on the wire by a client that knows nothing of the server but its address, and asserted by the suite in
\`packages/contract/src/suite\` (\`pnpm --filter @ws-arena/contract test\`). ✓ is what the contract wants; where a library
cannot do it, the cell says what a client sees instead. Times are the contract's, scaled down by configuration.
This file is written by \`pnpm --filter @ws-arena/contract suite\`; a test fails when it is stale.

${line(['about', 'row', 'the contract wants', ...names])}
${line(['---', '---', '---', ...names.map(() => ':-:')])}
${table.join('\n')}

## What differs

${notes.join('\n')}
`;
}
