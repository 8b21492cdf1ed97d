/** The style of the page: light, dark and on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfbfa, #16181c); --card: light-dark(#fff, #1e2127); --ink: light-dark(#1d2127, #e4e6ea);
  --soft: light-dark(#626a75, #9aa3b0); --line: light-dark(#e1e3e6, #333840); --code: light-dark(#f0f1f3, #272b32);
  --good: light-dark(#16703c, #5fcf8e); --bad: light-dark(#b3261e, #ff8a80); --warning: light-dark(#8a5a00, #f0b849);
  --counted: light-dark(#2f6fb5, #5f9ee0); --other: light-dark(#b4bac3, #565e69);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h1 mark { color: var(--tone); } .byline { margin: -.5rem 0 .9rem; color: var(--soft); font-size: .9em; }
h2 { font-size: 1.15rem; margin: 2.4rem 0 .8rem; padding-bottom: .35rem; border-bottom: 1px solid var(--line); }
p, ul { margin: .6rem 0; }
ul { padding-left: 1.3rem; }
header li:has(> mark:first-child) { list-style: none; margin-left: -1.3rem; }
header { border-left: 5px solid var(--tone); padding-left: 1.1rem; }
header.good { --tone: var(--good); } header.bad { --tone: var(--bad); } header.warning { --tone: var(--warning); }
mark { background: none; font-weight: 600; white-space: nowrap; color: var(--soft); }
mark.good { color: var(--good); } mark.bad { color: var(--bad); } mark.warning { color: var(--warning); } mark.neutral { font-weight: 400; }
code, pre { font: .86em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; background: var(--code); border-radius: 4px; }
code { padding: .1em .35em; overflow-wrap: anywhere; white-space: pre-wrap; }
pre { padding: .8rem 1rem; overflow-x: auto; }
blockquote { margin: .6rem 0; padding: .1rem 0 .1rem 1rem; border-left: 3px solid var(--line); }
table { width: 100%; border-collapse: collapse; font-size: .93em; margin: .6rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { color: var(--soft); font-weight: 600; font-size: .9em; white-space: nowrap; }
tbody th { font-weight: 500; color: var(--soft); width: 17rem; }
tbody td:first-child { white-space: nowrap; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .8rem; margin: 1.4rem 0 0; }
.card { margin: 0; padding: .7rem .9rem; }
.card summary { list-style: none; font-weight: 400; } .card summary::-webkit-details-marker { display: none; }
.card span { display: block; } .card .name { color: var(--soft); font-size: .85em; }
.card .name::after { content: " ?"; color: var(--soft); opacity: .7; }
.card .value { font-size: 1.3rem; font-weight: 600; line-height: 1.4; } .card .note { font-size: .85em; color: var(--soft); min-height: 1.5em; }
.card .meter { height: 5px; margin: .3rem 0 .35rem; border-radius: 3px; background: var(--code); overflow: hidden; }
.card .meter span { height: 100%; background: var(--good); } .card .meter.over span { background: var(--bad); }
.card p { margin: .5rem 0 0; font-size: .85em; color: var(--soft); border-top: 1px solid var(--line); padding-top: .4rem; }
details { margin: .8rem 0; border: 1px solid var(--line); border-radius: 8px; padding: .5rem 1rem; background: var(--card); }
summary { cursor: pointer; font-weight: 500; }
.annex { margin-top: 2.6rem; }
.chart { display: block; width: 100%; height: auto; max-width: 62rem; margin: .4rem 0 1rem; font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
.chart text { fill: var(--ink); } .chart .tick, .chart .took { fill: var(--soft); font-variant-numeric: tabular-nums; }
.chart .grid { stroke: var(--line); } .chart .bar-counted { fill: var(--counted); } .chart .bar-other { fill: var(--other); } .chart .bar-failed { fill: var(--bad); }
.chart .rto-band { fill: var(--counted); opacity: .12; } .chart .rto-label { fill: var(--counted); font-weight: 600; paint-order: stroke; stroke: var(--ground); stroke-width: 5px; }
.chart .objective { stroke: var(--warning); stroke-width: 2; stroke-dasharray: 5 3; } .chart .objective-label { fill: var(--warning); font-weight: 600; }
.chart.narrow { display: none; }
footer { margin-top: 3rem; color: var(--soft); font-size: .85em; }
@media screen and (max-width: 40rem) {
  body { font-size: 16px; } main { padding: 1.25rem 1rem 3rem; } h1 { font-size: 1.4rem; } header { padding-left: .8rem; }
  .cards { grid-template-columns: 1fr 1fr; gap: .6rem; }
  .chart.wide { display: none; } .chart.narrow { display: block; }
  table, tbody, tr, td, th { display: block; width: auto; } thead { display: none; }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0; } th, td { border: 0; padding: .1rem 0; }
  .stacked td { position: relative; padding-left: 6.5rem; } .stacked td.empty { display: none; }
  .stacked td::before { content: attr(data-title); position: absolute; left: 0; color: var(--soft); font-size: .85em; }
  .stacked td:first-child { white-space: normal; }
}
@media print {
  @page { margin: 14mm; }
  :root { color-scheme: light; }
  body { font-size: 10pt; background: none; } main { max-width: none; padding: 0; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  h2 { break-after: avoid; } tr, .chart, .cards > div { break-inside: avoid; }
  .annex[open] { break-before: page; border: 0; padding: 0; } details:not([open]).annex { display: none; } .card .name::after { content: none; }
  h2 { margin-top: 1.2rem; } p, ul { margin: .4rem 0; } th, td { padding: .2rem .5rem .2rem 0; } main { font-size: 9.5pt; }
  .meter, .meter span, .bar-counted, .bar-other, .bar-failed, .rto-band, header { print-color-adjust: exact; }
}
`;
