// The panels of the dashboard, as Grafana's dashboard model (schema version 39) has them.

interface Target {
  readonly expr: string;
  /** What a series is called; of a table: the title of the column. */
  readonly name: string;
}

export interface Column extends Target {
  readonly unit?: string;
  readonly decimals?: number;
  /** A value of this or more is bad, and shown so. */
  readonly badFrom?: number;
  /** Names and colours for values. */
  readonly words?: Words;
  /** The labels say it all: its value is not shown. */
  readonly isHidden?: true;
}

type Words = Readonly<Record<number, readonly [text: string, color: string]>>;

/** The colours of verdicts, and what the numbers of `verdictNumber` mean. */
export const VERDICT_WORDS: Words = {
  1: ['passed', 'green'],
  2: ['failed', 'red'],
  3: ['inconclusive', 'orange'],
  4: ['cancelled', 'text'],
  5: ['lost', 'purple'],
};

export const YES_NO: Words = { 0: ['no', 'text'], 1: ['yes', 'red'] };

export interface Panel {
  readonly type: string;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** All else, as Grafana has it. */
  readonly body: Readonly<Record<string, unknown>>;
}

const SOURCE = { type: 'prometheus', uid: '${datasource}' };

function targets(all: readonly Target[], how: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>[] {
  return all.map(({ expr, name }, index) => ({
    datasource: SOURCE,
    refId: refId(index),
    expr,
    legendFormat: name,
    ...how,
  }));
}

function refId(index: number): string {
  return String.fromCodePoint(65 + index);
}

function thresholds(badFrom: number | undefined): Readonly<Record<string, unknown>> {
  const good = { color: badFrom === undefined ? 'text' : 'green', value: null };
  const bad = badFrom === undefined ? [] : [{ color: 'red', value: badFrom }];
  return { mode: 'absolute', steps: [good, ...bad] };
}

function mappings(words: Words): Readonly<Record<string, unknown>>[] {
  const options = Object.entries(words).map(([value, [text, color]], index) => [value, { text, color, index }]);
  return [{ type: 'value', options: Object.fromEntries(options) }];
}

interface Stat extends Column {
  readonly title: string;
  readonly description: string;
  /** What is shown where there is no series; nothing is never taken for zero. */
  readonly noValue: string;
  readonly height?: number;
}

/** One number. */
export function stat({
  title,
  description,
  noValue,
  height = 4,
  unit = 'short',
  decimals = 0,
  badFrom,
  ...target
}: Stat): Panel {
  return {
    type: 'stat',
    title,
    width: 4,
    height,
    body: {
      description,
      targets: targets([target], { instant: true }),
      fieldConfig: {
        defaults: { unit, decimals, noValue, color: { mode: 'thresholds' }, thresholds: thresholds(badFrom) },
        overrides: [],
      },
      options: {
        colorMode: badFrom === undefined ? 'none' : 'value',
        graphMode: 'none',
        textMode: 'value',
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      },
    },
  };
}

interface Table {
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  /** The labels that make a row, and what they are called. */
  readonly rows: Readonly<Record<string, string>>;
  readonly columns: readonly Column[];
  /** What stands above all others. */
  readonly first?: { readonly column: string; readonly isLargest: boolean };
}

/** A row for each combination of some labels, and a column for each query. */
export function table({ title, description, width, height, rows, columns, first }: Table): Panel {
  const valueOf = (index: number): string => (columns.length === 1 ? 'Value' : `Value #${refId(index)}`);
  const names = Object.fromEntries(columns.map(({ name }, index) => [valueOf(index), name]));
  const hidden = columns.flatMap(({ isHidden }, index) => (isHidden ? [[valueOf(index), true]] : []));
  const sortBy = first === undefined ? [] : [{ displayName: first.column, desc: first.isLargest }];
  const order = [...Object.keys(rows), ...Object.keys(names)].map((field, index) => [field, index]);
  return {
    type: 'table',
    title,
    width,
    height,
    body: {
      description,
      targets: targets(columns, { instant: true, format: 'table' }),
      transformations: [
        { id: 'merge', options: {} },
        {
          id: 'organize',
          options: {
            excludeByName: { Time: true, ...Object.fromEntries(hidden) },
            indexByName: Object.fromEntries(order),
            renameByName: { ...rows, ...names },
          },
        },
      ],
      fieldConfig: {
        defaults: { noValue: '–', custom: { align: 'left', filterable: false } },
        overrides: columns.map(overrideOf),
      },
      options: { showHeader: true, cellHeight: 'sm', sortBy },
    },
  };
}

function overrideOf({ name, unit, decimals, badFrom, words }: Column): Readonly<Record<string, unknown>> {
  const isColoured = badFrom !== undefined || words !== undefined;
  const properties = [
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(badFrom === undefined ? [] : [{ id: 'thresholds', value: thresholds(badFrom) }]),
    ...(words === undefined ? [] : [{ id: 'mappings', value: mappings(words) }]),
    ...(isColoured ? [{ id: 'custom.cellOptions', value: { type: 'color-text' } }] : []),
  ];
  return { matcher: { id: 'byName', options: name }, properties };
}

interface Graph {
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly unit: string;
  readonly lines: readonly Target[];
  /** Shown as a dashed red line: what was promised. */
  readonly limit?: Target;
  readonly isStacked?: boolean;
}

/** Values over time, with the promise as a dashed line that needs no legend. A value stands until the next run, so lines go in steps. */
export function graph({ title, description, width, height, unit, lines, limit, isStacked = false }: Graph): Panel {
  const custom = {
    lineInterpolation: 'stepAfter',
    lineWidth: 2,
    fillOpacity: isStacked ? 60 : 8,
    showPoints: 'never',
    spanNulls: false,
    stacking: { mode: isStacked ? 'normal' : 'none', group: 'A' },
  };
  return {
    type: 'timeseries',
    title,
    width,
    height,
    body: {
      description,
      targets: targets([...lines, ...(limit === undefined ? [] : [limit])], { range: true }),
      fieldConfig: {
        defaults: { unit, min: 0, color: { mode: 'palette-classic' }, custom },
        overrides: limit === undefined ? [] : [limitOverride(lines.length)],
      },
      options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    },
  };
}

function limitOverride(index: number): Readonly<Record<string, unknown>> {
  return {
    matcher: { id: 'byFrameRefID', options: refId(index) },
    properties: [
      { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } },
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
      { id: 'custom.lineWidth', value: 1 },
      { id: 'custom.fillOpacity', value: 0 },
      { id: 'custom.hideFrom', value: { legend: true, tooltip: false, viz: false } },
    ],
  };
}

/** A state over time, a row for each series. */
export function timeline(about: { title: string; description: string; height: number; words: Words } & Target): Panel {
  const { title, description, height, words, ...target } = about;
  return {
    type: 'state-timeline',
    title,
    width: 24,
    height,
    body: {
      description,
      targets: targets([target], { range: true }),
      fieldConfig: {
        defaults: {
          color: { mode: 'fixed', fixedColor: 'text' },
          mappings: mappings(words),
          custom: { fillOpacity: 80, lineWidth: 0 },
        },
        overrides: [],
      },
      options: {
        mergeValues: true,
        showValue: 'auto',
        rowHeight: 0.8,
        legend: { displayMode: 'list', placement: 'bottom' },
      },
    },
  };
}
