import { formatBytes } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { ReasonCode } from '../../core/reason-codes.ts';
import type { Measured } from '../../forecast/forecast.ts';
import { growthOf, whenMissed } from '../../forecast/growth.ts';
import type { ReasonReport } from '../../report/report.ts';

/** The objective, and how long before it is missed a run is to say so. */
interface SoonQuestion {
  readonly rtoMs: number;
  readonly forecastMs: number;
}

/** Warns when the RTO objective, which holds now, will be missed soon as the data grow; null: it will not, or nobody can tell. */
export function soonMissed(runs: readonly Measured[], { rtoMs, forecastMs }: SoonQuestion): ReasonReport | null {
  const growth = growthOf(runs);
  const found = whenMissed(runs, rtoMs);
  if (!growth || !('at' in found) || found.at - growth.last.at > forecastMs) return null;
  const perMonth = formatBytes(growth.bytesPerDay * 30);
  return {
    code: 'rto-forecast-missed' satisfies ReasonCode,
    message: `at this growth, ${perMonth} in 30 days, the RTO objective of ${formatDuration(rtoMs)} is missed from about ${new Date(found.at).toISOString().slice(0, 10)} on`,
    phase: null,
    hint: 'drill forecast says what the forecast rests on; a larger process-max, a faster disk or fewer WAL between backups shorten recovery',
  };
}
