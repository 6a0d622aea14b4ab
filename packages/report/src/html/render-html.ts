import type { Report } from '@ws-arena/results/report-file';
import { differencesSection, environmentSection, problemsSection } from '../view/about-sections.ts';
import { figuresSection } from '../view/case-tables.ts';
import { conformanceSection } from '../view/conformance-table.ts';
import { ladderSection } from '../view/ladder-tables.ts';
import { proxySection } from '../view/proxy-tables.ts';
import { reportView } from '../view/report-view.ts';
import { variantsSection } from '../view/variant-tables.ts';
import type { Section } from '../view/view.ts';
import { answerMarkup } from './answer-section.ts';
import { chartsSection, loadCurves } from './charts-section.ts';
import { chooseSection, pageData } from './choose-section.ts';
import { factsSection } from './facts-section.ts';
import { filters } from './filters.ts';
import { html, jsonForScript, type Markup, trusted } from './markup.ts';
import { pageScript, pageScriptHash } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { sectionMarkup } from './table.ts';

/**
 * `report.html`: one file that opens offline and asks no network for anything; a content security policy forbids it.
 * Everything that comes from data is escaped.
 */
export function renderHtml(report: Report): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src '${pageScriptHash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>ws-arena: ${title(report)}</title>
<link rel="icon" href="data:,">
<style>${trusted(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#answer">To the answer</a>
${header(report)}
<main>
${answerMarkup(report)}
${curvesSection(report)}
${chooseSection(report)}
${factsSection(report)}
${chartsSection(report)}
${measured(proxySection(report))}
${report.variants.length > 0 && sectionMarkup(variantsSection(report))}
${measured(figuresSection(report), filters(report))}
${measured(conformanceSection(report))}
${methodSections(report)}
</main>
<footer><p>Made by ws-arena from run.jsonl. Report version ${report.schemaVersion}.</p></footer>
<script type="application/json" id="page-data">${jsonForScript(pageData(report))}</script>
<script>${trusted(pageScript)}</script>
</body>
</html>
`.text;
}

function title(report: Report): string {
  return `${report.targets
    .filter((target) => target.available)
    .map((target) => target.name)
    .join(', ')} (${report.startedAt.slice(0, 10)})`;
}

const sections = [
  ['answer', 'The answer'],
  ['load', 'Load curves'],
  ['choose', 'Which one?'],
  ['facts', 'Facts'],
  ['charts', 'Charts'],
  ['proxy', 'The proxy'],
  ['figures', 'Figures'],
  ['conformance', 'Robustness'],
  ['environment', 'Method'],
] as const;

function header(report: Report): Markup {
  const { about, banner } = reportView(report);
  return html`<header>
<h1>Which WebSocket library?</h1>
<p class="quiet">Preset ${report.preset}, ${report.startedAt.slice(0, 10)}: ${about}.</p>
${banner !== null && html`<p class="note" role="note">${banner}</p>`}
<nav aria-label="Sections"><ul>${sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>`;
}

/** The load curves as charts; the tables of the view are the numbers behind them. */
function curvesSection(report: Report): Markup {
  return measured({ ...ladderSection(report), tables: [] }, loadCurves(report));
}

function measured(section: Section, ...more: readonly Markup[]): Markup {
  if (section.paragraphs.length + section.tables.length > 0) return sectionMarkup(section, ...more);
  return sectionMarkup({ ...section, paragraphs: ['Not measured in this run.'] });
}

function methodSections(report: Report): Markup {
  const about = environmentSection(report);
  const files = html`<p>Raw data: <a href="run.jsonl">run.jsonl</a> holds every slice. <a href="report.json">report.json</a>, <a href="report.csv">report.csv</a> and <a href="report.md">report.md</a> hold this summary, with every step of the load curves. A slice names its case by the number in the column “case” of report.csv: <code>jq -c 'select(.case == 12)' run.jsonl</code></p>`;
  const more = [problemsSection(report), differencesSection(report)].filter(({ list }) => list.length > 0);
  return html`${sectionMarkup({ ...about, title: 'Method and environment', paragraphs: METHOD }, files)}${more.map((one) => sectionMarkup(one))}`;
}

const METHOD = [
  'Latency counts from the moment a message was due, not from when it left (coordinated omission). The figure from the real send stands beside it.',
  'All targets of a case are up, warm and connected, and short slices of them take turns in random order. A figure is the median of its slices; a percentile is that of all slices together. No slice is left out but those that failed; a slice without a reply, or whose CPU time the kernel had not counted yet, has no cost.',
  'A ratio and its 95 % interval come from the log ratios of the blocks, by the Hodges–Lehmann estimate and the signed-rank test; of a percentile, from drawing whole blocks anew. p is adjusted so that at most 5 % of the differences called are false.',
  'Libraries are ranked by what the same load costs, which the generator cannot limit. A throughput figure names who was saturated; where that was the generator, it is a lower bound. Latency at saturation is never shown: in a closed loop it is only the window divided by the rate.',
];
