import type { Report } from '@ws-arena/results/report-file';
import { rulesOf, standingText } from '../robustness.ts';
import { type Section, section, type Table, type Text } from './view.ts';

/** What each target answered to each broken or hostile frame. */
export function conformanceSection({ conformance }: Report): Section {
  return section({
    id: 'conformance',
    title: 'Robustness',
    hint: 'what each library answers to broken and hostile frames',
    paragraphs:
      conformance.length === 0
        ? []
        : [
            'A rule that is kept strictly counts as one, a tolerated rule as one half. The second table says what a client saw, case by case. As in Autobahn’s reports, non-strict means: not what the RFC asks for, but safe for the peer.',
          ],
    tables: conformance.length === 0 ? [] : [rulesTable(conformance), table(conformance)],
  });
}

/** How each target stands to each rule of the RFCs. */
function rulesTable(lines: Report['conformance']): Table {
  const targets = [...new Set(lines.map(({ target }) => target))];
  const standings = targets.map((target) => rulesOf(lines, target));
  const rules = [...new Set(standings.flatMap((rules) => [...rules.keys()]))];
  return {
    id: 'rules',
    title: 'Rules of RFC 6455 and RFC 7692',
    corner: 'rule',
    columns: targets.map((title) => ({ title, target: title })),
    rows: rules.map((rule) => ({
      head: rule,
      cells: standings.map((own): Text => {
        const standing = own.get(rule);
        if (!standing) return { text: 'not run', tone: 'none' };
        const text = standingText(standing);
        if (standing.verdict === 'failed') return { text, tone: 'broken' };
        return standing.verdict === 'non-strict' ? { text, tone: 'undecided' } : { text };
      }),
    })),
  };
}

function table(lines: Report['conformance']): Table {
  const targets = [...new Set(lines.map(({ target }) => target))];
  return {
    id: 'rfc-cases',
    title: 'Conformance',
    corner: 'case',
    columns: [{ title: 'expected' }, ...targets.map((title) => ({ title, target: title }))],
    rows: [...Map.groupBy(lines, ({ name }) => name)].map(([name, own]) => {
      const { expected, autobahn } = own[0]!;
      const cells = targets.map((target) => outcome(own.find((line) => line.target === target)));
      const detail = autobahn === undefined ? {} : { detail: `Autobahn ${autobahn}` };
      return { head: name, ...detail, cells: [{ text: expected }, ...cells] };
    }),
  };
}

function outcome(line: Report['conformance'][number] | undefined): Text {
  if (!line) return { text: 'not run', tone: 'none' };
  if (line.verdict === 'not applicable') return { text: line.outcome, tone: 'none' };
  return line.verdict === 'ok'
    ? { text: line.outcome }
    : { text: line.outcome, detail: line.verdict, tone: line.verdict === 'failed' ? 'broken' : 'undecided' };
}
