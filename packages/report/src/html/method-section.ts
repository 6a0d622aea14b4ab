import type { Report } from '@ws-arena/results/report-file';
import { scaled } from '../scale.ts';
import { swatch } from './answer-section.ts';
import { html, type Markup } from './markup.ts';

/** How it was measured, on what, with which versions and by which command, and where the raw data are. */
export function methodSection(report: Report): Markup {
  return html`<section aria-labelledby="method"><h2 id="method">Method and environment</h2>
<ul>
<li>Latency counts from the moment a message was due, not from when it left (coordinated omission). The other figure stands beside it.</li>
<li>Rounds are interleaved over the targets. Figures are medians with 95 % intervals; a percentile is the median of its rounds too, and comes from the merged histogram where a round has fewer than ten values beyond it; nothing was removed as an outlier.</li>
<li>A difference is called one when a Mann–Whitney test finds it, corrected for the number of comparisons. Otherwise it is a tie, written ~, where the whole 95 % interval of the ratio is within a tenth of 1; where it is not, nothing was shown, which is written ?.</li>
<li>Every throughput figure names what limited it. Where that was the load generator, the figure is a lower bound and takes no place.</li>
<li>Latency at saturation is never shown: in a closed loop it is only the window divided by the throughput.</li>
</ul>
<h3>Command</h3><pre tabindex="0">${report.command}</pre>
<p>Raw data: <a href="run.jsonl">run.jsonl</a> beside this file holds every trial. <a href="report.json">report.json</a>, <a href="report.csv">report.csv</a> and <a href="report.md">report.md</a> hold this summary.</p>
${report.problems.length > 0 && html`<h3>Problems</h3><ul>${report.problems.map((problem) => html`<li>${problem}</li>`)}</ul>`}
<h3>Targets</h3>${targetsTable(report)}
<h3>Environment</h3>${environmentList(report)}
</section>`;
}

function targetsTable(report: Report): Markup {
  return html`<div class="scroll" role="region" aria-label="Targets" tabindex="0"><table>
<thead><tr><th scope="col">Target</th><th scope="col">Library</th><th scope="col">Version</th><th scope="col">Runs on</th><th scope="col">Kind</th><th scope="col">Notes</th></tr></thead>
<tbody>${report.targets.map(
    (target) =>
      html`<tr><th scope="row">${swatch(target.name)}${target.name}</th><td>${target.library}</td><td>${target.version}</td><td>${target.runtime ?? target.language}</td><td>${target.kind}</td><td>${
        !target.available &&
        html`<span class="doubt">not available:</span> ${target.reason ?? 'no reason was recorded'} `
      }${target.notes.join('; ')}</td></tr>`,
  )}</tbody></table></div>`;
}

function environmentList({ environment: e, startedAt, finishedAt, preset, rounds }: Report): Markup {
  const settings = Object.entries(e.settings).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  const rows: (readonly [string, string | undefined])[] = [
    ['Run', `${startedAt} to ${finishedAt}, preset ${preset}, rounds: ${rounds}`],
    ['CPU', `${e.cpuModel}, ${e.cores} cores`],
    ['Memory', scaled(e.memoryBytes, 'B')],
    ['System', `${e.os}, kernel ${e.kernel}`],
    ['Node.js', `${e.node}, V8 ${e.v8}`],
    ['Go', e.go],
    ['Nginx', e.nginx],
    ['OpenSSL', e.openssl],
    ['Pinning', e.pinning],
    ['Descriptors', e.descriptors.toLocaleString('en-US')],
    ['somaxconn', e.somaxconn?.toLocaleString('en-US')],
    ['Local ports', e.localPortRange?.join(' to ')],
    ['Commit', e.gitCommit],
    ['Settings', settings.join(', ') || 'defaults'],
  ];
  return html`<dl class="facts">${rows.map(
    ([name, value]) => value !== undefined && html`<dt>${name}</dt><dd>${value}</dd>`,
  )}</dl>`;
}
