import { join } from 'node:path';
import { repoRoot } from '../repo-root.ts';
import { rfcTargets } from '../suite/proven-targets.ts';
import { rfcCases } from './cases.ts';
import { recorded } from './recorded.ts';
import { NOT_APPLICABLE, type RfcCase, type Verdict, verdict } from './rfc-case.ts';

/** Where the table of the RFC cases stands. */
export const conformancePath = join(repoRoot, 'docs/conformance.md');

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const verdicts: readonly Verdict[] = ['ok', 'non-strict', 'failed', NOT_APPLICABLE];

function cell(rfcCase: RfcCase, outcome: string | undefined): string {
  if (outcome === undefined) return 'not run';
  const judged = verdict(rfcCase, outcome);
  if (judged === 'ok') return rfcCase.wants.length === 1 ? '✓' : `✓ ${outcome}`;
  if (judged === NOT_APPLICABLE) return '–';
  return `${judged === 'failed' ? '✗' : '~'} ${outcome}`;
}

/** The table of RFC cases and targets, in Markdown, from the recorded outcomes. */
export function conformanceDoc(): string {
  const columns = rfcTargets.map(({ name }) => ({ name, outcomes: recorded(name) }));
  const counts = columns.map(({ name, outcomes }) => {
    const judged = rfcCases.map((one) => verdict(one, outcomes[one.name] ?? 'not run'));
    return line([name, ...verdicts.map((kind) => String(judged.filter((one) => one === kind).length))]);
  });
  const table = rfcCases.map((one) =>
    line([
      one.name,
      one.section,
      one.autobahn ?? '',
      one.wants.join(' or '),
      ...columns.map(({ outcomes }) => cell(one, outcomes[one.name])),
    ]),
  );
  const names = columns.map(({ name }) => name);
  return `# Conformance: RFC 6455 and RFC 7692 on the wire

${rfcCases.length} cases, each on a connection of its own, against each server of this project in its own configuration, so a
finding is about the library as it is used here. ✓ is what the RFC asks for; ~ keeps the peer safe without being what
the RFC says (a dropped connection in place of a close frame, or another code); ✗ is neither. "close N" is a close frame with that code,
1005 one without a code, "dropped" the end of TCP without one, "ignored" a connection that goes on as if nothing had
come. For Socket.IO the same bytes stand inside its packets. The Autobahn number names the like case of its test suite.
The cases are in \`packages/contract/src/rfc/cases\`, the outcomes recorded beside them in \`expected\`: a change in one
fails \`pnpm --filter @ws-arena/contract test\`. This file is written by \`pnpm --filter @ws-arena/contract rfc\`.

${line(['target', ...verdicts])}
${line(['---', ...verdicts.map(() => '--:')])}
${counts.join('\n')}

${line(['case', 'section', 'Autobahn', 'the RFC asks for', ...names])}
${line(['---', '---', '---', '---', ...names.map(() => '---')])}
${table.join('\n')}
`;
}
