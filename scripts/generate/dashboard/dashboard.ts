import { REPOSITORIES } from './check-panels.ts';
import { DRILLS, FIRST_SIGHT } from './drill-panels.ts';
import type { Panel } from './panel.ts';
import { RECORD } from './record-panels.ts';

const COLUMNS = 24;

const ROWS: readonly (readonly [title: string | null, panels: readonly Panel[]])[] = [
  [null, FIRST_SIGHT],
  ['Drills', DRILLS],
  ['Repositories (drill check)', REPOSITORIES],
  ['Record', RECORD],
];

/** The dashboard as JSON, for Grafana 10 and newer. */
export function dashboardJson(): string {
  return `${JSON.stringify(
    {
      uid: 'pgdrill',
      title: 'Restore drills (pgdrill)',
      description: 'Restore drills of PostgreSQL backups, and the repositories that they restore from.',
      tags: ['pgdrill', 'postgresql', 'backup'],
      schemaVersion: 39,
      editable: true,
      graphTooltip: 1,
      refresh: '5m',
      time: { from: 'now-90d', to: 'now' },
      timezone: 'browser',
      templating: { list: VARIABLES },
      panels: placed(),
    },
    null,
    2,
  )}\n`;
}

const SOURCE = { type: 'prometheus', uid: '${datasource}' };

/** As Grafana writes it itself: it asks for the values of a label. */
const LABEL_VALUES = { qryType: 1, refId: 'PrometheusVariableQueryEditor-VariableQuery' };

const variable = (name: string, label: string, query: string): Readonly<Record<string, unknown>> => ({
  type: 'query',
  name,
  label,
  datasource: SOURCE,
  query: { ...LABEL_VALUES, query },
  definition: query,
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  allValue: '.*',
  current: { text: ['All'], value: ['$__all'] },
});

const VARIABLES = [
  { type: 'datasource', name: 'datasource', label: 'Source', query: 'prometheus', current: {} },
  variable('instance', 'Machine', 'label_values(pgdrill_build_info, instance)'),
  variable('drill', 'Drill', 'label_values(pgdrill_drill_info{instance=~"$instance"}, drill)'),
];

/** Panels one after the other, from left to right, and a new line where the next has no room. */
function placed(): Readonly<Record<string, unknown>>[] {
  let [id, x, y, lineHeight] = [0, 0, 0, 0];
  const newLine = (): void => {
    y += lineHeight;
    [x, lineHeight] = [0, 0];
  };
  const place = (
    type: string,
    title: string,
    w: number,
    h: number,
    more: object,
  ): Readonly<Record<string, unknown>> => {
    if (x + w > COLUMNS) newLine();
    const panel = { id: (id += 1), type, title, datasource: SOURCE, gridPos: { h, w, x, y }, ...more };
    x += w;
    lineHeight = Math.max(lineHeight, h);
    return panel;
  };
  return ROWS.flatMap(([heading, panels]) => {
    newLine();
    const row = heading === null ? [] : [place('row', heading, COLUMNS, 1, { collapsed: false, panels: [] })];
    return [...row, ...panels.map(({ type, title, width, height, body }) => place(type, title, width, height, body))];
  });
}
