import { durationText, rateText, sizeText } from '../report/document/words.ts';
import { drawPhaseSplit, phasesOf } from './charts/phase-split.ts';
import { drawThroughput } from './charts/throughput.ts';
import { figure, table, NONE } from './elements.ts';
import type { Html } from './html.ts';
import { timeText } from './measures.ts';
import type { SiteRun } from './runs.ts';
import { signOf } from './trend.ts';

const BARS = 40;
const MOST_RESTORES = 200;

/** What the last runs spent their time on. */
export function phasePicture(runs: readonly SiteRun[]): Html[] {
  const shown = runs.filter(({ ended }) => ended !== null && Object.keys(ended.phases).length > 0).slice(-BARS);
  if (shown.length === 0) return [];
  const split = shown.map((run) => ({
    at: timeText(run.startedAt),
    label: run.startedAt.slice(5, 10),
    phases: run.ended?.phases ?? {},
    sign: signOf(run),
  }));
  const phases = phasesOf(split);
  const last = split.at(-1);
  const parts = phases.map((phase) => `${phase} ${durationText(last?.phases[phase] ?? 0)}`);
  const title = 'What the time went into';
  const description = `The phases of the last ${split.length} runs on top of each other. The last run: ${parts.join(', ')}.`;
  const { picture, key } = drawPhaseSplit(split, { title, description });
  const figures = table({
    kind: 'plain',
    head: ['Run', ...phases],
    rows: split.toReversed().map((run) => [
      run.at,
      ...phases.map((phase) => {
        const took = run.phases[phase];
        return took === undefined ? NONE : durationText(took);
      }),
    ]),
  });
  return [figure(title, picture, key, figures)];
}

/** How fast restores were, over how much they restored. What built on data that was there is no measure of a total loss. */
export function throughputPicture(runs: readonly SiteRun[]): Html[] {
  const restores = runs
    .flatMap(({ startedAt, ended }) => {
      const { bytes = null, bytesPerSecond = null, start = 'delta' } = ended?.restored ?? {};
      if (!bytes || !bytesPerSecond || start === 'delta') return [];
      return [{ startedAt, bytes, bytesPerSecond }];
    })
    .slice(-MOST_RESTORES);
  if (restores.length === 0) return [];
  const speeds = restores.map(({ bytesPerSecond }) => bytesPerSecond);
  const title = 'Restore speed over size';
  const description = `${restores.length} restores into an empty directory: ${rateText(Math.min(...speeds))} to ${rateText(Math.max(...speeds))}, last ${rateText(speeds.at(-1) ?? 0)}.`;
  const figures = table({
    kind: 'plain',
    head: ['Run', 'Size', 'Speed'],
    rows: restores
      .toReversed()
      .map(({ startedAt, bytes, bytesPerSecond }) => [timeText(startedAt), sizeText(bytes), rateText(bytesPerSecond)]),
  });
  return [figure(title, drawThroughput(restores, { title, description }), null, figures)];
}
