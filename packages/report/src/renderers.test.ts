// Golden files: `vitest run -u` writes them anew; look at the difference before committing it.
import type { Report } from '@ws-arena/results/report-file';
import { describe, expect, test } from 'vitest';
import { compareRuns } from './compare-runs.ts';
import { renderCsv } from './csv.ts';
import { renderHtml } from './html/render-html.ts';
import { printMarkdown, renderMarkdown, tableText } from './markdown.ts';
import { README_BEGIN, README_END, renderReadmeTable, replaceReadmeTable } from './readme-table.ts';
import { summarize } from './summarize.ts';
import { printTerminal, renderTerminal } from './terminal.ts';
import { sampleRun } from './testdata/sample-run.ts';
import { comparisonView } from './view/comparison-view.ts';
import { decisionsTable } from './view/decisions.ts';
import { placeText } from './view/verdict-text.ts';

const whole = summarize(sampleRun());
const few = summarize(sampleRun({ blocks: 4, others: 0.38, scenarios: ['connect', 'broadcast'] }));
const golden = (name: string) => `./testdata/golden/${name}`;
const plain = { columns: 80, color: false };
const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');

test('markdown', async () => {
  await expect(renderMarkdown(whole)).toMatchFileSnapshot(golden('report.md'));
});

test('csv', async () => {
  await expect(renderCsv(few)).toMatchFileSnapshot(golden('report.csv'));
});

test('terminal', async () => {
  await expect(renderTerminal(whole, plain)).toMatchFileSnapshot(golden('terminal.txt'));
});

test('terminal, of a busy machine and too few blocks for any verdict', async () => {
  await expect(renderTerminal(few, plain)).toMatchFileSnapshot(golden('terminal-few-blocks.txt'));
});

test('a comparison of runs', async () => {
  const scenarios = ['load', 'connect', 'hold'] as const;
  const compared = compareRuns(
    summarize(sampleRun({ scenarios })),
    summarize(sampleRun({ seed: 2, slowed: { uws: 1.2 }, scenarios, others: 0.38 })),
  );
  await expect(printMarkdown(comparisonView(compared))).toMatchFileSnapshot(golden('compare.md'));
  await expect(printTerminal(comparisonView(compared), plain)).toMatchFileSnapshot(golden('compare.txt'));
});

describe('terminal', () => {
  test.each([80, 60, 200, 0])('with %i columns no line is wider than them, or than 80', (columns) => {
    const allowed = columns === 0 ? 80 : Math.min(80, columns);
    for (const line of renderTerminal(whole, { columns, color: false }).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(allowed);
    }
  });

  test('colours change nothing but the colours, and without them there is no escape', () => {
    const colored = renderTerminal(whole, { columns: 80, color: true });
    expect(colored).toMatch(escapes);
    expect(colored.replaceAll(escapes, '')).toBe(renderTerminal(whole, plain));
  });

  test('on a narrow one no target is left out of the load curves', () => {
    const text = renderTerminal(whole, { columns: 40, color: false });
    const curves = text.slice(text.indexOf('WHAT EACH RATE'), text.indexOf('FIGURES'));
    expect(curves.match(/\bgorilla\b/g)).toHaveLength(8);
  });
});

describe('csv', () => {
  test('a line for each cell, each with as many fields as the head', () => {
    const lines = renderCsv(whole).trimEnd().split('\n');
    expect(lines).toHaveLength(whole.cells.length + 1);
    const fields = (line: string) => line.replaceAll(/"(?:[^"]|"")*"/g, 'quoted').split(',').length;
    for (const line of lines) expect(fields(line)).toBe(fields(lines[0]!));
  });

  test('figures are in base units, unscaled', () => {
    const { case: index, target, route, metric, estimate } = few.cells[0]!;
    expect(renderCsv(few)).toContain(`${index},broadcast,${target},${route},`);
    expect(renderCsv(few)).toContain(`,${metric},ns,lower,${estimate.center},`);
  });
});

describe('Markdown shows what comes from data, and nothing else', () => {
  const evil = '<script>alert(1)</script> **x** [a](http://b) `c` | d\n# e & f';
  const safe =
    '&lt;script&gt;alert(1)&lt;/script&gt; \\*\\*x\\*\\* \\[a\\](http://b) \\`c\\` \\| d # e &amp; f';
  const hostile: Report = {
    ...few,
    command: evil,
    notes: [evil],
    problems: [evil],
    targets: few.targets.map((target) => ({ ...target, version: evil, notes: [evil] })),
    environment: { ...few.environment, cpuModel: evil, settings: { origin: evil } },
    cells: few.cells.map((cell) => ({
      ...cell,
      params: { ...cell.params, path: evil },
      // Sec-WebSocket-Extensions, as a hostile server answers it.
      warnings: [{ kind: 'wrong-extension', detail: evil }],
    })),
    conformance: few.conformance.map((line) => ({ ...line, name: evil, outcome: evil })),
  };

  test('in the report', () => {
    const text = renderMarkdown(hostile);
    expect(text.split(safe).length).toBeGreaterThan(20);
    expect(text).not.toMatch(/<script|\[a\]\(|\*\*x\*\*|^# e/m);
  });

  test('in the table of the README', () => {
    const text = renderReadmeTable({ ...hostile, preset: evil }, 'needs');
    expect(text).toContain(safe);
    expect(text).not.toMatch(/<script|\[a\]\(|\*\*x\*\*/);
  });

  test('in a comparison', () => {
    const text = printMarkdown(comparisonView(compareRuns(few, hostile)));
    expect(text).toContain(safe);
    expect(text).not.toMatch(/<script|\[a\]\(|\*\*x\*\*|^# e/m);
  });
});

describe('the table of README.md', () => {
  const before = `# Title\n\n${README_BEGIN}\nold\n${README_END}\n\nafter\n`;

  test('is replaced between its markers, and then stays as it is', () => {
    const once = replaceReadmeTable(before, whole, 'needs');
    expect(once).toBe(`# Title\n\n${renderReadmeTable(whole, 'needs')}\n\nafter\n`);
    expect(replaceReadmeTable(once, whole, 'needs')).toBe(once);
    expect(once).toContain('| uws ');
  });

  test('README, choosing and page have the same figures, by the same names and units', () => {
    const page = renderHtml(whole);
    for (const { title, rows, unit, metric } of whole.needs) {
      expect(renderReadmeTable(whole, 'needs')).toContain(title);
      expect(page).toContain(`>${title}</button>`);
      for (const row of rows.filter(({ estimate }) => estimate)) {
        const { text } = placeText(row, unit, metric);
        expect(renderReadmeTable(whole, 'needs')).toContain(text);
        expect(page).toContain(`>${text}<`);
      }
    }
    const [questions] = tableText(decisionsTable(whole));
    for (const extent of ['questions', 'needs'] as const)
      expect(renderReadmeTable(whole, extent)).toContain(questions);
  });

  test('another run makes it stale', () => {
    const once = replaceReadmeTable(before, whole, 'needs');
    expect(replaceReadmeTable(once, few, 'needs')).not.toBe(once);
  });

  test('a README without markers is refused', () => {
    expect(() => replaceReadmeTable('# Title', whole, 'needs')).toThrow(
      'the README has no place for the result table',
    );
  });
});
