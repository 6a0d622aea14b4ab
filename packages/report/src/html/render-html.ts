import type { Report } from '@ws-arena/results/report-file';
import { answerSection } from './answer-section.ts';
import { CaseIndex } from './case-index.ts';
import { cellsSection } from './cells-section.ts';
import { chartsSection } from './charts-section.ts';
import { chooseSection, pageData } from './choose-section.ts';
import { conformanceSection } from './conformance-section.ts';
import { factsSection } from './facts-section.ts';
import { count } from './labels.ts';
import { html, jsonForScript, type Markup, trusted } from './markup.ts';
import { methodSection } from './method-section.ts';
import { pageScript, pageScriptHash } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { proxySection } from './proxy-section.ts';

/**
 * `report.html`: one file that opens offline and asks no network for anything; a content security policy forbids it.
 * Everything that comes from data is escaped.
 */
export function renderHtml(report: Report): string {
  const cases = new CaseIndex(report);
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
${header(report, cases)}
<main>
${answerSection(report, cases)}
${chooseSection(report)}
${factsSection(report)}
${chartsSection(report)}
${proxySection(report)}
${cellsSection(report, cases)}
${conformanceSection(report)}
${methodSection(report)}
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
  ['choose', 'Which one?'],
  ['facts', 'Facts'],
  ['charts', 'Charts'],
  ['proxy', 'The proxy'],
  ['cells', 'Every figure'],
  ['conformance', 'Robustness'],
  ['method', 'Method'],
] as const;

function header(report: Report, cases: CaseIndex): Markup {
  const { environment: e } = report;
  const available = report.targets.filter((target) => target.available).length;
  return html`<header>
<h1>Which WebSocket library?</h1>
<p class="quiet">${count(available, 'library row')} measured side by side in ${count(cases.entries.length, 'case')}, ${count(report.rounds, 'round')} each, preset ${report.preset}, on <span class="one">${report.startedAt.slice(0, 10)}</span>: ${e.cpuModel}, ${e.cores} cores, ${e.os}.</p>
<nav aria-label="Sections"><ul>${sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>`;
}
