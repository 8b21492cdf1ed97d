import { graph, stat, type Panel } from './panel.ts';

const F = 'instance=~"$instance",drill=~"$drill"';

/** What says whether the rest can be believed. */
export const RECORD: readonly Panel[] = [
  stat({
    title: 'Unusable plans',
    description: 'Plans that cannot be used. Their drills do not run, and are not on this dashboard.',
    name: 'plans',
    noValue: 'unknown',
    height: 6,
    badFrom: 1,
    expr: 'sum(pgdrill_unusable_plans{instance=~"$instance"})',
  }),
  stat({
    title: 'Runs not on record',
    description: 'Folders of runs that the ledger does not know.',
    name: 'runs',
    noValue: 'unknown',
    height: 6,
    badFrom: 1,
    expr: `sum(pgdrill_unrecorded_runs{${F}})`,
  }),
  stat({
    title: 'Unreadable lines',
    description: 'Lines of the ledgers that cannot be read.',
    name: 'lines',
    noValue: 'unknown',
    height: 6,
    badFrom: 1,
    expr: 'sum(pgdrill_ledger_unreadable_lines{instance=~"$instance"})',
  }),
  graph({
    title: 'Runs on record',
    description: 'By verdict, since the ledger was opened.',
    width: 12,
    height: 6,
    unit: 'short',
    isStacked: true,
    lines: [{ name: '{{verdict}}', expr: `sum by (verdict) (pgdrill_runs_total{${F}})` }],
  }),
];
