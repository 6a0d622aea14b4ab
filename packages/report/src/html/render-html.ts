import type { Report } from '@ws-arena/results/report-file';
import { reportView } from '../view/report-view.ts';
import type { Section } from '../view/view.ts';
import { words } from '../view/words.ts';
import { chooseSection, pageData } from './choose-section.ts';
import { type Frame, htmlDocument } from './document.ts';
import { exploreBar } from './explore-bar.ts';
import { html, jsonForScript, type Markup, trusted } from './markup.ts';
import { pageScript, pageScriptHash } from './page-script.ts';
import { marks } from './plot.ts';
import { plotsOf } from './plots.ts';
import { Glossary, listMarkup, type Page, partMarkup, tableMarkup } from './table.ts';

/**
 * `report.html`: one file that opens offline and asks no network for anything; a content security policy forbids it.
 * Everything that comes from data is escaped.
 */
export function renderHtml(report: Report, { home }: Pick<Frame, 'home'> = {}): string {
  const { about, banner, sections } = reportView(report);
  const page: Page = { glossary: new Glossary(), plots: plotsOf(report) };
  const [answer, ...parts] = sections;
  const shown = [
    ...parts.filter(({ id }) => id !== 'problems'),
    ...parts.filter(({ id }) => id === 'problems'),
  ];
  return htmlDocument({
    title: `ws-arena: ${title(report)}`,
    scriptHash: pageScriptHash,
    ...(home !== undefined && { home }),
    body: html`<header>
<h1>Which WebSocket library?</h1>
<p class="quiet small"><code>${report.command}</code>, ${report.startedAt.slice(0, 10)}: ${about}.</p>
${banner !== null && html`<p class="note small" role="note">${banner}</p>`}
</header>
<main>
${answer && answerMarkup(answer, report, page)}
${chooseSection(report)}
${shown.map((section) => partMarkup(section, page, ...(section.id === 'environment' ? [files()] : [])))}
</main>
<footer><p>Made by ws-arena from run.jsonl. Report version ${report.schemaVersion}.</p></footer>
<div id="tip" role="status" hidden></div>${marks}${page.glossary.popovers()}
<script type="application/json" id="page-data">${jsonForScript(pageData(report))}</script>
<script>${trusted(pageScript)}</script>`,
  });
}

function title(report: Report): string {
  return `${report.targets
    .filter((target) => target.available)
    .map((target) => target.name)
    .join(', ')} (${report.startedAt.slice(0, 10)})`;
}

/** The questions first, then all libraries by all needs, and what chooses among both. */
function answerMarkup(answer: Section, report: Report, page: Page): Markup {
  const [questions, needs] = answer.tables;
  const { title: heading, paragraphs } = answer;
  const meanings = words(report);
  return html`<section aria-labelledby="answer"><h2 id="answer" class="unseen">${heading}</h2>
${questions ? tableMarkup(questions, heading, page) : html`<p>Not measured in this run.</p>`}</section>
<details class="part" id="explore" open><summary><h2>All libraries, by need</h2> <span class="quiet">filter, sort, hide, download</span></summary>
${exploreBar(report)}
${needs && tableMarkup(needs, heading, page)}
<p class="small">Words: ${meanings.map(([word, about]) => html`${page.glossary.explain(word, `${word}: ${about}.`)} `)}</p>
${paragraphs.slice(0, -1).map((text) => html`<p class="small">${text}</p>`)}
<details class="more" id="sources"><summary>What each need was measured as</summary>${listMarkup(answer)}</details>
</details>`;
}

function files(): Markup {
  return html`${METHOD.map((text) => html`<p>${text}</p>`)}<p>Raw data: <a href="run.jsonl">run.jsonl</a> holds every slice. <a href="report.json">report.json</a>, <a href="report.csv">report.csv</a> and <a href="report.md">report.md</a> hold this summary, with every step of the load curves. A slice names its case by the number in the column “case” of report.csv: <code>jq -c 'select(.case == 12)' run.jsonl</code></p>`;
}

const METHOD = [
  'Latency counts from the moment a message was due, not from the moment it left, so a server that stalls cannot hide it (coordinated omission). The figure from the real send stands beside it.',
  'All targets of a case are up, warm and connected. They take turns in short slices, in random order. A figure is the median of its slices; a percentile is taken over all slices together. Only failed slices are left out. A slice without a reply, or whose CPU time the kernel had not counted yet, has no cost.',
  'A ratio and its 95 % interval come from the log ratios of the blocks, by the Hodges–Lehmann estimate and the signed-rank test; for a percentile, from a bootstrap of whole blocks. p is adjusted so that on average at most 5 % of the differences called are false.',
  'Libraries are ranked by what the same load costs, which the generator cannot limit. A throughput figure names what was saturated; where that was the generator, the figure is a lower bound. Latency at saturation is never shown: in a closed loop it is only the number of messages in flight divided by the rate.',
];
