import type { Standing } from '@ws-arena/results/conformance';
import type { Report } from '@ws-arena/results/report-file';
import { rulesOf, standingText } from '../robustness.ts';
import { swatch } from './answer-section.ts';
import { html, type Markup } from './markup.ts';

/** What each target answered to each broken or hostile frame; what differs from the RFC is marked. */
export function conformanceSection(report: Report): Markup {
  const lines = report.conformance;
  const targets = [...new Set(lines.map((line) => line.target))];
  const names = [...new Set(lines.map((line) => line.name))];
  const find = new Map(lines.map((line) => [JSON.stringify([line.target, line.name]), line]));
  if (lines.length === 0) {
    return html`<section aria-labelledby="conformance"><h2 id="conformance">Robustness, rule by rule</h2><p>Not measured in this run.</p></section>`;
  }
  return html`<section aria-labelledby="conformance"><h2 id="conformance">Robustness, rule by rule</h2>
<p>How each target keeps the rules of RFC 6455 and RFC 7692. A rule stands as its worst case does. What keeps a peer safe without being what the RFC says is tolerated, non-strict in Autobahn’s reports.</p>
${ruleTable(lines, targets)}
<h3>Case by case</h3>
<p>What a client saw.</p>
<div class="scroll" role="region" aria-label="Conformance" tabindex="0"><table class="first">
<thead><tr><th scope="col">Case</th><th scope="col">Expected</th>${targets.map((target) => html`<th scope="col">${swatch(target)}${target}</th>`)}</tr></thead>
<tbody>${names.map((name) => {
    const any = lines.find((line) => line.name === name)!;
    return html`<tr><th scope="row">${name}${any.autobahn && html` <span class="quiet small">Autobahn ${any.autobahn}</span>`}</th><td>${any.expected}</td>${targets.map(
      (target) => {
        const line = find.get(JSON.stringify([target, name]));
        if (!line) return html`<td class="none">not run</td>`;
        if (line.verdict === 'not applicable') return html`<td class="none">${line.outcome}</td>`;
        if (line.verdict === 'ok') return html`<td>${line.outcome}</td>`;
        return html`<td><span class="doubt">${line.verdict}:</span> ${line.outcome}</td>`;
      },
    )}</tr>`;
  })}</tbody></table></div></section>`;
}

function ruleTable(lines: Report['conformance'], targets: readonly string[]): Markup {
  const rules = new Map(targets.map((target) => [target, rulesOf(lines, target)]));
  const names = [...new Set([...rules.values()].flatMap((of) => [...of.keys()]))];
  return html`<div class="scroll" role="region" aria-label="Conformance by rule" tabindex="0"><table class="first">
<thead><tr><th scope="col">Rule</th>${targets.map((target) => html`<th scope="col">${swatch(target)}${target}</th>`)}</tr></thead>
<tbody>${names.map(
    (name) =>
      html`<tr><th scope="row">${name}</th>${targets.map((target) => ruleCell(rules.get(target)!.get(name)))}</tr>`,
  )}</tbody></table></div>`;
}

function ruleCell(standing: Standing | undefined): Markup {
  if (!standing) return html`<td class="none">not run</td>`;
  const text = standingText(standing);
  if (standing.verdict === 'not applicable') return html`<td class="none">${text}</td>`;
  return standing.verdict === 'ok'
    ? html`<td>${text}</td>`
    : html`<td><span class="doubt">${text}</span></td>`;
}
