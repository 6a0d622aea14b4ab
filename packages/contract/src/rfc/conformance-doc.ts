import { join } from 'node:path';
import { counted, type Standing, standings, type Verdict } from '@ws-arena/results/conformance';
import { autobahnSection } from '../autobahn/autobahn-section.ts';
import { repoRoot } from '../repo-root.ts';
import { rfcTargets } from '../suite/proven-targets.ts';
import { rfcCases } from './cases.ts';
import { recorded } from './recorded.ts';
import { NOT_APPLICABLE, type RfcCase, verdict } from './rfc-case.ts';
import { type RuleId, rfcRules } from './rules.ts';

/** Where the table of the RFC cases stands. */
export const conformancePath = join(repoRoot, 'docs/conformance.md');

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const verdicts: readonly Verdict[] = ['ok', 'non-strict', 'failed', NOT_APPLICABLE];
const words = ['strict', 'tolerated', 'failed', '–'];
const ruleIds = Object.keys(rfcRules) as RuleId[];

function cell(rfcCase: RfcCase, outcome: string | undefined): string {
  if (outcome === undefined) return 'not run';
  const judged = verdict(rfcCase, outcome);
  if (judged === 'ok') return rfcCase.wants.length === 1 ? '✓' : `✓ ${outcome}`;
  if (judged === NOT_APPLICABLE) return '–';
  return `${judged === 'failed' ? '✗' : '~'} ${outcome}`;
}

function counts(judged: readonly { readonly verdict: Verdict }[]): string[] {
  const of = counted(judged.map((one) => one.verdict));
  return verdicts.map((kind) => String(of[kind]));
}

function ruleCell({ verdict, cases, of }: Standing): string {
  if (verdict === 'ok') return '✓';
  if (verdict === NOT_APPLICABLE) return '–';
  return `${verdict === 'failed' ? '✗' : '~'} ${cases === of ? '' : `${cases} of ${of}`}`.trim();
}

/** The tables of RFC rules, cases and targets, in Markdown, from the recorded outcomes. */
export function conformanceDoc(): string {
  const columns = rfcTargets.map(({ name }) => {
    const outcomes = recorded(name);
    const judged = rfcCases.map((one) => ({
      name: one.name,
      rule: one.rule,
      verdict: verdict(one, outcomes[one.name] ?? 'not run'),
    }));
    return { name, outcomes, judged, rules: standings(judged) };
  });
  const totals = columns.map(({ name, judged, rules }) =>
    line([name, ...counts([...rules.values()]), ...counts(judged)]),
  );
  const rules = ruleIds.map((id) => {
    const [section, says] = rfcRules[id];
    return line([says, section, ...columns.map((column) => ruleCell(column.rules.get(id)!))]);
  });
  const cases = rfcCases.map((one) =>
    line([
      one.name,
      rfcRules[one.rule][0],
      one.autobahn ?? '',
      one.wants.join(' or '),
      ...columns.map(({ outcomes }) => cell(one, outcomes[one.name])),
    ]),
  );
  const names = columns.map(({ name }) => name);
  return `# Conformance: RFC 6455 and RFC 7692 on the wire

${ruleIds.length} rules of the RFCs, put to the test by ${rfcCases.length} cases, each on a connection of its own, against each server of
this project in its own configuration: a finding is about the library as it is used here. ✓, strict, is what the RFC asks
for. ~, tolerated, keeps the peer safe without being what the RFC says (a dropped connection in place of a close frame, or
another code). ✗, failed, is neither. – does not apply. A rule stands as its worst case does, with the number of cases that
do so where not all do: a check that is missing is one failure, whether three cases or seventy meet it.

"close N" is a close frame with that code, 1005 one without a code, "dropped" the end of TCP without one, "ignored" a
connection that goes on as if nothing had come. For Socket.IO the same bytes stand inside its packets. The Autobahn number
names the like case of its test suite, version 25.10.1. The cases are in \`packages/contract/src/rfc/cases\`, the outcomes
recorded beside them in \`expected\`: a change in one fails \`pnpm --filter @ws-arena/contract test\`. This file is
written by \`pnpm --filter @ws-arena/contract rfc\`.

${line(['target', ...words.map((word) => `rules ${word}`), ...words.map((word) => `cases ${word}`)])}
${line(['---', ...[...verdicts, ...verdicts].map(() => '--:')])}
${totals.join('\n')}

## By rule

${line(['rule', 'section', ...names])}
${line(['---', '---', ...names.map(() => '---')])}
${rules.join('\n')}

${autobahnSection()}

## By case

${line(['case', 'section', 'Autobahn', 'the RFC asks for', ...names])}
${line(['---', '---', '---', '---', ...names.map(() => '---')])}
${cases.join('\n')}
`;
}
