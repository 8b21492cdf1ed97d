import { STYLE } from '../report/html/style.ts';

/** The style of all pages: that of a report, and what a site has in addition. */
export const SITE_STYLE = `${STYLE}
:root {
  --phase-provision: light-dark(#9cc3ea, #9cc3ea); --phase-restore: light-dark(#2f6fb5, #4f8fd6); --phase-recover: light-dark(#17406e, #2d5f97);
  --phase-preflight: light-dark(#d3d7dd, #767e8a); --phase-verify: light-dark(#8c95a1, #a9b1bc); --phase-cleanup: light-dark(#5c6470, #565e69);
  --series-1: light-dark(#a8520b, #e8944a); --series-2: light-dark(#6a4fb0, #a994e6); --series-3: light-dark(#0f766e, #4fc3b8);
  --proved: light-dark(#7dc29a, #3f8a60);
}
a { color: var(--counted); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--counted); outline-offset: 2px; border-radius: 3px; }
main { max-width: 68rem; } header.neutral { --tone: var(--line); }
nav { color: var(--soft); font-size: .9em; margin: 0 0 1.2rem; }
nav.pages { margin: 1.2rem 0 0; } nav.pages a { margin-right: 1rem; white-space: nowrap; }
.lead { font-size: 1.15rem; line-height: 1.45; } p { overflow-wrap: anywhere; } nav { overflow-wrap: anywhere; } p mark, .scorecard td:nth-child(2) mark, .copies td:last-child mark { white-space: normal; }
div.card { border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
div.card .name::after { content: none; } .card .bad { color: var(--bad); } .card .good { color: var(--good); } .card .warning { color: var(--warning); }
td .sub { display: block; color: var(--soft); font-size: .88em; } p.sub { color: var(--soft); font-size: .88em; margin-top: .8rem; }
.follow-ups td:last-child { overflow-wrap: anywhere; } .runs td:nth-child(7) { white-space: nowrap; } .runs td:nth-child(8) { min-width: 7rem; max-width: 15rem; overflow-wrap: anywhere; } .runs td:nth-child(8) mark { white-space: normal; }
.scorecard td:first-child, .copies td:first-child { white-space: normal; overflow-wrap: break-word; min-width: 7.5rem; font-weight: 600; }
.scorecard td:first-child .sub, .copies td:first-child .sub { font-weight: 400; }
.nowrap { white-space: nowrap; } td .nowrap, td mark { overflow-wrap: normal; } .scorecard td:nth-child(2) { min-width: 6rem; } .scorecard td:nth-child(n + 3):nth-child(-n + 5) { min-width: 5.6rem; }
.runs td:first-child, .follow-ups td:first-child { white-space: nowrap; }
.spark { display: block; width: 7rem; height: auto; }
figure { margin: 0 0 1.8rem; break-inside: avoid; } figure h3 { font-size: 1rem; font-weight: 600; margin: 0; } figure .chart { margin: .3rem 0; max-width: none; }
figcaption { color: var(--soft); font-size: .88em; } figcaption span { white-space: nowrap; margin-right: .9rem; }
figure details { border: 0; background: none; padding: 0; margin: .3rem 0 0; font-size: .9em; } figure summary { color: var(--soft); font-weight: 400; width: max-content; }
.key { width: .85rem; height: .85rem; vertical-align: -.12em; overflow: visible; }
.series, .key { --tone: var(--counted); } .series-1 { --tone: var(--series-1); } .series-2 { --tone: var(--series-2); } .series-3 { --tone: var(--series-3); }
.spark { --tone: var(--counted); }
.series .line, .spark .line { fill: none; stroke: var(--tone); stroke-width: 1.8; opacity: .75; } .spark .end { fill: var(--tone); }
.chart .series-label { fill: var(--tone); font-weight: 600; }
.sign-met { fill: var(--tone); } .sign-bound { fill: var(--ground); stroke: var(--tone); stroke-width: 1.6; }
.sign-failed { fill: none; stroke: var(--bad); stroke-width: 2.4; stroke-linecap: round; } .sign-no-answer { fill: var(--warning); } .sign-missed, .sign-killed { fill: none; stroke: var(--bad); stroke-width: 1.8; }
.chart .objective { fill: none; } .chart .objective-label { paint-order: stroke; stroke: var(--ground); stroke-width: 4px; }
.strip { fill: var(--line); opacity: .45; }
.phase-preflight { fill: var(--phase-preflight); } .phase-provision { fill: var(--phase-provision); } .phase-restore { fill: var(--phase-restore); }
.phase-recover { fill: var(--phase-recover); } .phase-verify { fill: var(--phase-verify); } .phase-cleanup { fill: var(--phase-cleanup); }
.chart .month { fill: var(--soft); font-weight: 600; } .day { fill: var(--line); opacity: .6; } .day-passed { fill: var(--proved); }
.day-failed, .day-killed, .day-missed { fill: var(--ground); stroke: var(--bad); } .day-no-answer { fill: var(--ground); stroke: var(--warning); }
@media (max-width: 66rem) { td .nowrap { white-space: normal; } .spark { width: 5rem; } .scorecard td:first-child, .copies td:first-child { min-width: 5rem; } }
@media screen and (max-width: 40rem) {
  td .nowrap { white-space: nowrap; } .spark { width: 7rem; }
  .lead { font-size: 1.05rem; }
  .stacked .sub { display: inline-block; margin-left: .4rem; } .stacked td:first-child .sub, .runs td:nth-child(8) .sub { display: block; margin: 0; } .runs td:nth-child(8) { max-width: none; }
  .scorecard tr, .copies tr { padding: .8rem 0; } .scorecard td:first-child, .copies td:first-child { padding-left: 0; font-size: 1.05rem; } .scorecard td:first-child::before, .copies td:first-child::before { content: none; }
  table.plain { display: table; } .plain thead { display: table-header-group; } .plain tbody { display: table-row-group; } .plain tr { display: table-row; }
  .plain th, .plain td { display: table-cell; padding: .3rem .5rem .3rem 0; border-bottom: 1px solid var(--line); } .plain thead th { white-space: normal; }
  .plain tbody td:first-child { white-space: normal; }
  nav a, .runs td a, .copies td a { display: inline-block; padding: .2rem 0; }
}
@media print {
  @page { size: A4; } .stacked { font-size: 8.5pt; } td .nowrap { white-space: normal; } .spark { width: 4.5rem; } a { color: inherit; } nav { display: none; } .cards { grid-template-columns: repeat(4, 1fr); }
  .chart.narrow { display: none; } .chart.wide { display: block; } figure details { display: none; }
  .chart *, .spark *, .key * { print-color-adjust: exact; }
}
`;
