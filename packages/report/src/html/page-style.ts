/**
 * The style of the page. Colours are variables, so that charts follow light and dark; hues of the targets are told
 * apart by lightness as well, and each has at least 3:1 against its ground (WCAG 2.2, 1.4.11).
 */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #fbfbf9; --panel: #ffffff; --ink: #1c1e21; --quiet: #5a5f66; --rule: #dddcd6; --faint: #f1f0ec;
  --accent: #0b5cad; --good: #14633f; --good-ground: #e3f1e8; --warn: #8a4b00; --warn-ground: #fbeeda;
  --t-ws: #1f66b0; --t-uws: #b3470a; --t-socketio: #12805c; --t-gorilla: #8b3f97; --t-coder: #8f6f00; --t-gobwas: #4a505a;
  --t-other0: #b02a5b; --t-other1: #0f7d8c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15171a; --panel: #1c1f23; --ink: #e8e6e1; --quiet: #a5a9b0; --rule: #363a40; --faint: #24282d;
    --accent: #84b9f5; --good: #8fd6b0; --good-ground: #1d3529; --warn: #f0b76b; --warn-ground: #3a2c17;
    --t-ws: #6fb1f4; --t-uws: #f4935a; --t-socketio: #4fc99f; --t-gorilla: #d597e2; --t-coder: #dfc04e; --t-gobwas: #b5bcc6;
    --t-other0: #f283aa; --t-other1: #5cc6d6;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums lining-nums; overflow-wrap: break-word;
}
main, body > header, body > footer { max-width: 78rem; margin: 0 auto; padding: 0 1.25rem; }
body > header { padding-top: 1.1rem; }
body > footer { padding-bottom: 3rem; color: var(--quiet); font-size: .875rem; }
h1 { font-size: 1.5rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; margin: 0 0 .35rem; }
h2 { font-size: 1.15rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; margin: 0; }
h3 { font-size: 1rem; font-weight: 650; margin: 1.75rem 0 .25rem; }
p { margin: .4rem 0; max-width: 48rem; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, .mono { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em; }
.quiet { color: var(--quiet); }
.small { font-size: .8125rem; line-height: 1.4; }
.home { max-width: 78rem; margin: 0 auto; padding: .6rem 1.25rem 0; font-size: .875rem; }
.note { background: var(--warn-ground); color: var(--ink); border-left: 3px solid var(--warn); padding: .5rem .8rem; margin: .6rem 0; max-width: 60rem; font-size: .9375rem; }
.note ul { margin: 0; padding-left: 1.1rem; }
.swatch { display: inline-block; width: .7em; height: .7em; border-radius: .18em; margin-right: .4em; background: var(--c); vertical-align: baseline; }
.swatch.dashed { background: repeating-linear-gradient(90deg, var(--c) 0 .2em, transparent .2em .3em); }
.swatch.dotted { background: none; border: .16em dotted var(--c); }

.scroll { overflow-x: auto; margin: .75rem 0; border: 1px solid var(--rule); border-radius: .5rem; background: var(--panel); }
table { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.35; }
caption { text-align: left; padding: .6rem .75rem; color: var(--quiet); font-size: .8125rem; caption-side: top; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem; border-top: 1px solid var(--rule); }
thead th { border-top: 0; font-weight: 600; background: var(--faint); vertical-align: bottom; }
thead th .quiet { display: block; font-weight: 400; }
tbody th { font-weight: 600; } th .small { font-weight: 400; }
td.n, th.n { text-align: right; white-space: nowrap; }
.table { margin: .6rem 0 .9rem; }
.table > .scroll { margin: 0; }
:is(.here, :target):is(tr, td, figure) { outline: 2px solid var(--accent); outline-offset: -2px; }
tr.pinned th { box-shadow: inset 3px 0 0 var(--accent); }
.stacks td, .stacks tbody th { padding-top: .5rem; padding-bottom: .5rem; }
.stacks .value { font-size: .9375rem; } .stacks td.best .place { color: var(--quiet); font-weight: 400; }
.stacks td:nth-of-type(1) .value { font-size: 1.05rem; font-weight: 650; }
.stacks code.place { white-space: normal; max-width: 17rem; } .stacks td, .stacks th { min-width: 9.5rem; }
th .sort { border: 0; background: none; color: var(--quiet); padding: 0 .3rem; min-height: 1.5rem; min-width: 1.5rem; }
th[aria-sort] .sort { color: var(--accent); font-weight: 700; }
.term { border: 0; background: none; color: inherit; font: inherit; padding: 0; min-height: 1.5rem; text-align: left; text-decoration: underline dotted; text-underline-offset: .2em; cursor: help; border-radius: 0; }
[popover] { max-width: 24rem; padding: .7rem .9rem; border: 1px solid var(--rule); border-radius: .5rem; background: var(--panel); color: var(--ink); font-size: .875rem; box-shadow: 0 4px 16px rgb(0 0 0 / .25); }
@supports (position-area: bottom) { [popover] { position-area: bottom span-right; position-try-fallbacks: flip-inline, flip-block; margin: .3rem 0; } }
#tip { position: fixed; z-index: 3; max-width: 22rem; padding: .35rem .6rem; border-radius: .35rem; background: var(--ink); color: var(--ground); font-size: .8125rem; pointer-events: none; }

details.part { border-top: 1px solid var(--rule); margin: 0; padding: .55rem 0; }
details.part > summary { color: var(--ink); padding: .3rem 0; }
details.part > summary h2 { display: inline; }
details.part > summary .quiet { margin-left: .6rem; }
details.item { margin: 0; border-top: 1px solid var(--rule); padding: .25rem 0; }
details.item > summary { font-size: .9375rem; padding: .3rem 0; }
details.item[open] > summary { font-weight: 650; }
summary { border-radius: .2rem; }

.bar-of-choices { display: grid; gap: .5rem; margin: .5rem 0; font-size: .875rem; }
.bar-of-choices[hidden] { display: none; }
.bar-of-choices fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .35rem .9rem; align-items: center; min-width: 0; }
.bar-of-choices legend { font-size: .8125rem; color: var(--quiet); padding: 0; }
.bar-of-choices label { display: inline-flex; align-items: center; gap: .35rem; min-height: 1.7rem; }
.bar-of-choices :is(select, input[type=search]) { font: inherit; color: var(--ink); background: var(--panel); border: 1px solid var(--quiet); border-radius: .35rem; padding: .15rem .4rem; min-height: 1.7rem; max-width: 12rem; }
.bar-of-choices button { min-height: 1.6rem; padding: .05rem .6rem; font-size: .8125rem; }
.bar-of-choices .pick { display: inline-flex; gap: .3rem; align-items: center; }
button[aria-pressed=true] { background: var(--accent); color: var(--ground); border-color: var(--accent); }
.presets { display: flex; flex-wrap: wrap; gap: .35rem; }
.table tbody th, .table thead tr > :first-child { position: sticky; left: 0; background: var(--panel); z-index: 1; border-right: 1px solid var(--rule); }
.table thead tr > :first-child { background: var(--faint); }
.table td, .table thead th { min-width: 5.6rem; padding-left: .6rem; padding-right: .6rem; }
.table tbody th { min-width: 7rem; }
.value { display: block; }
.value a { color: inherit; text-decoration-color: var(--rule); }
.place { display: block; font-size: .75rem; color: var(--quiet); }
td.best, td.equal { background: var(--good-ground); }
td.best .value { font-weight: 700; }
td.best .place, td.equal .place { color: var(--good); font-weight: 600; }
td.better { color: var(--good); } td.worse, td.broken { color: var(--warn); }
td.none { color: var(--quiet); }
.remarks { margin: .4rem 0 0; padding: 0; list-style: none; color: var(--quiet); max-width: 60rem; }
.bar { display: block; position: relative; height: 4px; margin-top: .3rem; }
.bar::before { content: ""; position: absolute; inset: 0 auto 0 0; width: var(--w); max-width: 100%; background: var(--c, var(--quiet)); border-radius: 2px; box-sizing: border-box; }
.bar.hollow::before { background: none; border: 1px dashed var(--c); }
.bar.sure::after { content: ""; position: absolute; top: -2px; bottom: -2px; left: var(--lo); width: calc(var(--hi) - var(--lo)); min-width: 1px; border: solid var(--ink); border-width: 0 1px; background: linear-gradient(var(--ink), var(--ink)) center / 100% 1px no-repeat; }
.doubt { color: var(--warn); font-weight: 600; }

.choose { display: grid; grid-template-columns: minmax(17rem, 2fr) 3fr; gap: 1.25rem 2.5rem; margin: 1rem 0; }
.choose fieldset { border: 0; margin: 0 0 1rem; padding: 0; min-width: 0; }
.choose legend { font-weight: 650; padding: 0; margin-bottom: .35rem; }
.weight { display: grid; grid-template-columns: 1fr 8.5rem 1.5rem; gap: .6rem; align-items: center; font-size: .875rem; min-height: 1.9rem; }
.weight input { width: 100%; accent-color: var(--accent); min-height: 1.5rem; margin: 0; }
.weight.off { color: var(--quiet); }
.must { display: block; font-size: .875rem; min-height: 1.75rem; }
.must input { accent-color: var(--accent); margin: 0 .5em 0 0; width: 1rem; height: 1rem; vertical-align: -.15em; }
@media (min-width: 46.01rem) { .choose > div { position: sticky; top: 1rem; align-self: start; } }
.rank { list-style: none; margin: 0; padding: 0; }
.rank li { padding: .45rem 0; border-top: 1px solid var(--rule); font-size: .9375rem; }
.rank li:first-child { border-top: 0; }
.rank .line { display: flex; justify-content: space-between; gap: 1rem; }
.rank .bar { height: .45rem; }
.rank .lead { font-weight: 700; }
button { font: inherit; font-size: .875rem; color: var(--ink); background: var(--faint); border: 1px solid var(--rule); border-radius: .35rem; padding: .3rem .8rem; min-height: 1.9rem; cursor: pointer; }

.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 1.25rem; }
figure { margin: .5rem 0; background: var(--panel); border: 1px solid var(--rule); border-radius: .5rem; padding: .7rem .9rem; max-width: 46rem; }
figcaption { font-weight: 600; font-size: .9375rem; }
figcaption .quiet { display: block; font-weight: 400; }
figure svg { display: block; width: 100%; height: auto; font-variant-numeric: tabular-nums; }
figure text { font-size: 10px; fill: var(--quiet); }
.grid { stroke: var(--rule); } .bound { stroke: var(--quiet); stroke-dasharray: 5 4; fill: none; }
.line { fill: none; stroke: var(--c); stroke-width: 1.7; } .line.dashed { stroke-dasharray: 6 4; } .line.dotted { stroke-dasharray: 1.5 3; }
use { fill: var(--c); stroke: var(--panel); stroke-width: .5; } use.hollow { fill: var(--panel); stroke: var(--c); stroke-width: 1.3; }
use.on { stroke: var(--ink); stroke-width: 1.6; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; list-style: none; margin: .3rem 0; padding: 0; font-size: .8125rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
details { margin: .5rem 0 0; }
summary { cursor: pointer; font-size: .875rem; color: var(--accent); padding: .15rem 0; }
details > .scroll { max-height: 26rem; overflow: auto; }

pre { background: var(--faint); border-radius: .35rem; padding: .6rem .8rem; white-space: pre-wrap; font-size: .8125rem; margin: .5rem 0; }
ol.sources { font-size: .8125rem; color: var(--quiet); padding-left: 2rem; columns: 2; column-gap: 2.5rem; }
#libraries td, #article-table td { min-width: 11rem; font-size: .8125rem; }

@media screen and (max-width: 46rem) {
  main, body > header, body > footer { padding-left: .9rem; padding-right: .9rem; }
  h1 { font-size: 1.45rem; }
  body > header { padding-top: .8rem; }
  .table tbody th, .table thead tr > :first-child { min-width: 6.2rem; max-width: 6.6rem; padding-left: .5rem; padding-right: .4rem; font-size: .8125rem; hyphens: auto; }
  .stacks thead { display: none; }
  .stacks tr { display: grid; grid-template-columns: 1fr 1fr; padding: .45rem 0 .5rem; border-top: 1px solid var(--rule); }
  .stacks tr:first-child { border-top: 0; }
  .table.stacks tbody :is(th, td) { display: block; border: 0; padding: .05rem .6rem; min-width: 0; max-width: none; position: static; background: none; }
  .table.stacks tbody th { grid-column: 1 / -1; font-size: .9375rem; } .stacks tbody th br { display: none; } .stacks tbody th .quiet { margin-left: .5em; }
  .stacks td::before { content: attr(data-label); display: block; font-size: .6875rem; color: var(--quiet); }
  .stacks td .value { font-size: .875rem; line-height: 1.25; } .stacks .place { font-size: .6875rem; line-height: 1.3; }
  details.part > summary .quiet { display: none; }
  figure text { font-size: 12px; }
  .choose { grid-template-columns: minmax(0, 1fr); }
  .weight { grid-template-columns: minmax(0, 1fr) 7rem 1.25rem; }
  figure { padding: .7rem .6rem; }
  ol.sources { columns: 1; }
}
@media print {
  :root {
    --ground: #fff; --panel: #fff; --ink: #000; --quiet: #444; --rule: #bbb; --faint: #f3f3f3;
    --accent: #000; --good: #0d4b2f; --good-ground: #e9f3ec; --warn: #6b3a00; --warn-ground: #fff;
    --t-ws: #1f66b0; --t-uws: #b3470a; --t-socketio: #12805c; --t-gorilla: #8b3f97; --t-coder: #8f6f00; --t-gobwas: #4a505a;
    --t-other0: #b02a5b; --t-other1: #0f7d8c;
    color-scheme: light;
  }
  body { font-size: 9pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main, body > header, body > footer { max-width: none; padding: 0; }
  nav, .bar-of-choices, .sort, .presets, [popover] { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  figure, tr { break-inside: avoid; }
  h2, h3, h3 + p { break-after: avoid; }
  .scroll, details > .scroll { overflow: visible; max-height: none; }
  table { font-size: 7.5pt; } th, td { padding: .2rem .35rem; }
  .table td, .table thead th, .table tbody th { min-width: 0; overflow-wrap: anywhere; } .table tbody th, .table thead tr > :first-child { position: static; }
  .plots { grid-template-columns: 1fr 1fr; } .choose { display: block; } .choose form { display: none; }
}
`;
