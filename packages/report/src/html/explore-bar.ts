import type { Report } from '@ws-arena/results/report-file';
import { facetsOf } from '../view/labels.ts';
import { html, type Markup } from './markup.ts';
import { swatch } from './target-style.ts';

const facetTitles = {
  scenario: 'Scenario',
  route: 'Route',
  payload: 'Payload',
  connections: 'Connections',
} as const;

/** The form that filters libraries and cases. It does nothing without the script, so the script makes it visible. */
export function exploreBar(report: Report): Markup {
  const shown = report.targets.filter(({ available }) => available);
  const languages = [...new Set(shown.map(({ language }) => language))];
  const facets = report.cells.map((cell): Record<string, string | undefined> => facetsOf(cell));
  return html`<form id="bar" class="bar-of-choices" autocomplete="off" aria-label="Choose what is shown" hidden>
<fieldset><legend>Libraries, in every table and chart</legend>${shown.map(
    ({ name, language }) =>
      html`<span class="pick"><label><input type="checkbox" checked data-show="${name}" data-language="${language}">${swatch(name)}${name}</label><button type="button" data-pin="${name}" aria-pressed="false">pin<span class="unseen"> ${name}</span></button></span>`,
  )}<button type="button" data-only="">all</button>${languages.length > 1 && languages.map((language) => html`<button type="button" data-only="${language}">${language === 'TypeScript' ? 'Node.js' : language} only</button>`)}</fieldset>
<fieldset><legend>Cases, in load curves, figures and proxy costs</legend>${Object.entries(facetTitles).map(
    ([name, title]) => {
      const values = [...new Set(facets.flatMap((one) => one[name] ?? []))];
      return html`<label>${title} <select data-facet="${name}"><option value="">all</option>${values.map((value) => html`<option>${value}</option>`)}</select></label>`;
    },
  )}<label>Words <input type="search" data-facet="words" placeholder="level 6"></label><label class="must"><input type="checkbox" data-facet="warned">with warnings</label><span class="quiet small" id="count" role="status"></span></fieldset>
<fieldset><legend>Download what is shown</legend><button type="button" data-take="csv">CSV</button><button type="button" data-take="json">JSON</button><button type="button" id="anew">show everything</button></fieldset>
</form>`;
}
