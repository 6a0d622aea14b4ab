import type { Environment } from '@ws-arena/results/environment';
import type { Cell, Fact, ProxyCost, Report } from '@ws-arena/results/report-file';
import { type CaseRow, type CaseTable, caseTables, describeParams } from './case-tables.ts';
import { markdownTable } from './markdown-table.ts';
import { metricNamed } from './metrics.ts';
import { costTables, howToReadCosts } from './proxy-cost.ts';
import { needsTable } from './readme-table.ts';
import { robustnessText, rulesOf, standingText } from './robustness.ts';
import { scaled, scaledCenter } from './scale.ts';
import { costText, limitersText, pText, ratioText, sidesText, verdictText } from './verdict-text.ts';

/** The report as Markdown: the answer first, then every case, then what it was made on. */
export function renderMarkdown(report: Report): string {
  const sections = [
    `# WebSocket libraries compared: ${report.preset}, ${report.startedAt.slice(0, 10)}`,
    ...needsTable(report),
    section('What to know before the figures', list(report.notes)),
    section('What failed', list(report.problems)),
    section('Figures', [HOW_TO_READ, ...caseTables(report).flatMap((table) => caseSection(table, report))]),
    section('What the proxy costs', proxyCosts(report)),
    section('Conformance', conformance(report)),
    section('Where targets differ from the contract', differences(report)),
    section('Environment', [targets(report), environment(report)]),
  ];
  return `${sections.flat().join('\n\n')}\n`;
}

const HOW_TO_READ =
  'A figure is the median of its rounds with its 95 % interval; a percentile is the median of its rounds too, and of all rounds together where a round has fewer than ten values beyond it. “≥” marks a figure that the load generator limited: it ranks nothing. “~” means that no difference was shown; the interval of the ratio says how large one might still be.';

function section(title: string, paragraphs: readonly string[]): string[] {
  return paragraphs.length === 0 ? [] : [`## ${title}`, ...paragraphs];
}

function list(sentences: readonly string[]): string[] {
  return sentences.length === 0 ? [] : [sentences.map((sentence) => `- ${sentence}`).join('\n')];
}

function caseSection(table: CaseTable, report: Report): string[] {
  const { scenario, route, params, metrics, rows, doubts } = table;
  const [first] = metrics;
  if (!first) return [];
  const limited = rows.some((row) => row.cells.get(first)?.limiter);
  const baseline = rows.flatMap((row) => row.comparisons.get(first)?.baseline ?? [])[0];
  const facts = report.facts.filter((fact) => isOf(fact, table));
  const head = [
    'target',
    ...metrics.map((name) => metricNamed(name)?.title ?? name),
    ...(limited ? ['limiter'] : []),
    ...(baseline ? [`${metricNamed(first)?.title ?? first} vs ${baseline}`] : []),
    'n',
    ...(facts.length > 0 ? [factTitle[facts[0]!.name]] : []),
  ];
  const body = rows.map((row) => [
    row.target,
    ...metrics.map((name) => figure(row.cells.get(name))),
    ...(limited ? [row.cells.get(first)?.limiter ?? ''] : []),
    ...(baseline ? [against(row, first)] : []),
    String(row.cells.get(first)?.estimate.n ?? ''),
    ...(facts.length > 0 ? [facts.find((fact) => fact.target === row.target)?.value ?? ''] : []),
  ]);
  return [
    `### ${scenario}, ${route}, ${describeParams(params)}`,
    markdownTable(head, body),
    ...list(doubts.map(({ target, kind, detail }) => `**${target}**, ${kind}: ${detail}`)),
  ];
}

const factTitle: Readonly<Record<Fact['name'], string>> = {
  pastLimit: 'one byte more',
  extensions: 'negotiated',
};

function isOf(fact: Fact, { scenario, route, params }: CaseTable): boolean {
  return (
    fact.scenario === scenario &&
    fact.route === route &&
    describeParams(fact.params) === describeParams(params)
  );
}

function figure(cell: Cell | undefined): string {
  if (!cell) return '–';
  const { estimate, unit } = cell;
  if (estimate.n < 2) return scaledCenter(cell);
  return `${scaledCenter(cell)} [${scaled(estimate.lo, unit)}, ${scaled(estimate.hi, unit)}]`;
}

function against(row: CaseRow, metric: string): string {
  const comparison = row.comparisons.get(metric);
  if (!comparison) return '';
  if (comparison.undecided) return verdictText(comparison);
  return `${verdictText(comparison)} (ratio ${ratioText(comparison.ratio)}, ${pText(comparison.p)})`;
}

function proxyCosts(report: Report): string[] {
  const tables = costTables(report).flatMap(({ scenario, metrics, groups }) => {
    const head = ['case', 'target', ...metrics.map((name) => metricNamed(name)?.title ?? name)];
    const body = groups.flatMap(({ route, params, rows }) =>
      rows.map(({ target, costs }) => [
        `${route}, ${describeParams(params)}`,
        target,
        ...metrics.map((name) => cost(costs.get(name))),
      ]),
    );
    return [`### ${scenario}`, markdownTable(head, body)];
  });
  return tables.length === 0 ? [] : [howToReadCosts(report), ...tables];
}

function cost(of: ProxyCost | undefined): string {
  if (!of) return '–';
  const limiters = limitersText(of);
  return `${sidesText(of)}: ${costText(of)}${limiters ? `, limiter ${limiters}` : ''}`;
}

function conformance({ conformance: lines, needs }: Report): string[] {
  const robustness = needs.find(({ id }) => id === 'robustness');
  if (!robustness) return [];
  const totals = robustness.rows.flatMap(({ target, estimate }) =>
    estimate ? [`${target}: of ${estimate.n} rules of the RFCs ${robustnessText(estimate)}`] : [],
  );
  const body = robustness.rows.flatMap(({ target }) =>
    [...rulesOf(lines, target)]
      .filter(([, { verdict }]) => verdict === 'failed')
      .map(([rule, standing]) => [target, rule, standingText(standing)]),
  );
  return [...list(totals), ...(body.length > 0 ? [markdownTable(['target', 'rule', 'standing'], body)] : [])];
}

function differences(report: Report): string[] {
  return list(report.targets.flatMap(({ name, notes }) => notes.map((note) => `**${name}**: ${note}`)));
}

function targets(report: Report): string {
  const body = report.targets.map((target) => [
    target.name,
    target.library,
    target.version,
    target.language,
    target.runtime ?? '',
    target.available ? 'ran' : (target.reason ?? 'not available'),
  ]);
  return markdownTable(['target', 'library', 'version', 'language', 'runtime', 'here'], body);
}

function environment({ environment: machine, command, startedAt, finishedAt }: Report): string {
  const rows = [
    ['command', `\`${command}\``],
    ['measured', `${startedAt} to ${finishedAt}`],
    ...machineRows(machine),
  ];
  return markdownTable(['', ''], rows);
}

function machineRows(machine: Environment): string[][] {
  return Object.entries(machine)
    .filter(([, value]) => value !== undefined && JSON.stringify(value) !== '{}')
    .map(([name, value]) => [
      name,
      name === 'memoryBytes'
        ? scaled(Number(value), 'B')
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value),
    ]);
}
