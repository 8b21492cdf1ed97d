import type { Command } from '@commander-js/extra-typings';
import { parseBytes } from '../../core/bytes.ts';
import { DrillError } from '../../core/errors.ts';
import { forecastOf, type Measured } from '../../forecast/forecast.ts';
import { growthOf, sizeAt, whenMissed } from '../../forecast/growth.ts';
import { measuredOf } from '../../forecast/measured.ts';
import { RunStore } from '../../store/run-store.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { plansFor } from '../plans/load-plans.ts';
import { forecastText, type ForecastAt, type ShownForecast } from '../view/forecast.ts';
import type { Done } from './command.ts';

interface ForecastOptions {
  readonly size?: string | undefined;
  readonly wal?: string | undefined;
  readonly reports?: string | undefined;
  readonly json?: true | undefined;
}

/** More runs than these say nothing more. */
const MOST = 24;
const DAY_MS = 86_400_000;
/** Where no size is named: as the data will have grown by then. */
const AHEAD = [
  ['now', 0],
  ['in 3 months', 91],
  ['in 6 months', 182],
  ['in a year', 365],
] as const;

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .argument('<plan>', 'a plan file, or its name in drills/')
    .option('--size <bytes>', 'at this size of the restored data, such as 2TB; default: as it grows')
    .option('--wal <bytes>', 'with so much WAL to replay; default: the most that a run replayed')
    .option('--reports <dir>', 'where reports are; default: as the plan says')
    .option('--json', 'print it as JSON')
    .addHelpText('after', examples('drill forecast orders', 'drill forecast orders --size 2TB --wal 200GB'))
    .action(async (plan, options) => done(await forecast(plan, options, context)));
}

/** How long recovery would take at another size, by the drills that were measured. Returns the exit status: 1, nobody can tell. */
async function forecast(file: string, options: ForecastOptions, context: CliContext): Promise<number> {
  const [plan] = plansFor([file], options.reports === undefined ? {} : { reports: options.reports });
  if (!plan) throw new DrillError('plan-invalid', `${file} names no drill`);
  const [size, wal] = [bytesOf('--size', options.size), bytesOf('--wal', options.wal)];
  const reports = await new RunStore(plan.reports).lastPassedLike(plan.name, MOST);
  const runs = reports.flatMap((report) => measuredOf(report) ?? []);
  const { rtoMs } = plan.objectives;
  const shown: ShownForecast = {
    drill: plan.name,
    at: size === null ? asItGrows(runs, wal) : [atSize('at this size', runs, size, wal)],
    growth: growthOf(runs),
    objectiveMs: rtoMs,
    missed: rtoMs === null ? null : whenMissed(runs, rtoMs),
  };
  const { stdout, stdoutStyle, stdoutColumns } = context;
  stdout(options.json ? `${JSON.stringify(shown, null, 2)}\n` : forecastText(shown, stdoutStyle, stdoutColumns()));
  return shown.at.some(({ found }) => 'forecast' in found) ? EXIT.passed : EXIT.failed;
}

function asItGrows(runs: readonly Measured[], wal: number | null): ForecastAt[] {
  const growth = growthOf(runs);
  const last = runs.toSorted((a, b) => a.at - b.at).at(-1);
  if (!growth || growth.bytesPerDay <= 0) return [atSize('now', runs, last?.restoredBytes ?? 0, wal)];
  return AHEAD.map(([when, days]) =>
    atSize(when, runs, sizeAt(runs, growth, growth.last.at + days * DAY_MS).restoredBytes, wal),
  );
}

function atSize(when: string, runs: readonly Measured[], restoredBytes: number, wal: number | null): ForecastAt {
  const walBytes = wal ?? Math.max(0, ...runs.map((run) => run.walBytes));
  return { when, restoredBytes, walBytes, found: forecastOf(runs, { restoredBytes, walBytes }) };
}

function bytesOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const bytes = parseBytes(text);
  if (bytes === null || bytes <= 0)
    throw new DrillError('plan-invalid', `${option} ${text} is no size`, { hint: 'write it as 500GB or 2TB' });
  return bytes;
}
