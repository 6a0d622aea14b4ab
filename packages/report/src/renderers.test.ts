// Golden files: `vitest run -u` writes them anew; look at the difference before committing it.
import { describe, expect, test } from 'vitest';
import { compareRuns } from './compare-runs.ts';
import { renderComparisonMarkdown, renderComparisonTerminal } from './compare-runs-text.ts';
import { renderCsv } from './csv.ts';
import { renderMarkdown } from './markdown.ts';
import { README_BEGIN, README_END, renderReadmeTable, replaceReadmeTable } from './readme-table.ts';
import { summarize } from './summarize.ts';
import { renderTerminal } from './terminal.ts';
import { sampleRun } from './testdata/sample-run.ts';

const whole = summarize(sampleRun());
const quick = summarize(sampleRun({ rounds: 3, scenarios: ['echo', 'broadcast'] }));
const golden = (name: string) => `./testdata/golden/${name}`;
const plain = { columns: 80, color: false };
const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');

test('markdown', async () => {
  await expect(renderMarkdown(whole)).toMatchFileSnapshot(golden('report.md'));
});

test('csv', async () => {
  await expect(renderCsv(quick)).toMatchFileSnapshot(golden('report.csv'));
});

test('terminal', async () => {
  await expect(renderTerminal(whole, plain)).toMatchFileSnapshot(golden('terminal.txt'));
});

test('terminal, of a run with too few rounds for any verdict', async () => {
  await expect(renderTerminal(quick, plain)).toMatchFileSnapshot(golden('terminal-few-rounds.txt'));
});

test('a comparison of runs', async () => {
  const compared = compareRuns(
    summarize(sampleRun({ rounds: 6, scenarios: ['echo', 'hold'] })),
    summarize(sampleRun({ rounds: 6, seed: 2, slowed: { uws: 1.1 }, scenarios: ['echo', 'hold'] })),
  );
  await expect(renderComparisonMarkdown(compared)).toMatchFileSnapshot(golden('compare.md'));
  await expect(renderComparisonTerminal(compared, plain)).toMatchFileSnapshot(golden('compare.txt'));
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
});

describe('csv', () => {
  test('a line for each cell, each with as many fields as the head', () => {
    const lines = renderCsv(whole).trimEnd().split('\n');
    expect(lines).toHaveLength(whole.cells.length + 1);
    const fields = (line: string) => line.replaceAll(/"(?:[^"]|"")*"/g, 'quoted').split(',').length;
    for (const line of lines) expect(fields(line)).toBe(fields(lines[0]!));
  });

  test('figures are in base units, unscaled', () => {
    const { target, route, metric, estimate } = quick.cells[0]!;
    expect(renderCsv(quick)).toContain(`echo,${target},${route},`);
    expect(renderCsv(quick)).toContain(`,${metric},1/s,higher,${estimate.center},${estimate.lo},`);
  });
});

describe('the table of README.md', () => {
  const before = `# Title\n\n${README_BEGIN}\nold\n${README_END}\n\nafter\n`;

  test('is replaced between its markers, and then stays as it is', () => {
    const once = replaceReadmeTable(before, whole);
    expect(once).toBe(`# Title\n\n${renderReadmeTable(whole)}\n\nafter\n`);
    expect(replaceReadmeTable(once, whole)).toBe(once);
    expect(once).toContain('| uws ');
  });

  test('another run makes it stale', () => {
    const once = replaceReadmeTable(before, whole);
    expect(replaceReadmeTable(once, summarize(sampleRun({ seed: 2 })))).not.toBe(once);
  });

  test('a README without markers is refused', () => {
    expect(() => replaceReadmeTable('# Title', whole)).toThrow(
      'the README has no place for the result table',
    );
  });
});
