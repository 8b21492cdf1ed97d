import type { CheckUp } from '../../check-up/document.ts';
import { DrillError } from '../../core/errors.ts';

/**
 * Writes what `drill check` found to a file for node_exporter, if one is named. Throws what `writeTextfile` throws, and
 * `plan-invalid` for two plans of one name: the one would hide what was found by the other.
 */
export async function writeCheckMetrics(file: string | undefined, found: readonly CheckUp[]): Promise<void> {
  if (file === undefined) return;
  requireDistinct(found);
  const { samplesOfCheckUps } = await import('../../metrics/of-check-ups.ts');
  const { metricsText } = await import('../../metrics/render.ts');
  const { writeTextfile } = await import('../../metrics/write-textfile.ts');
  writeTextfile(file, await metricsText(samplesOfCheckUps(found), 'prometheus'));
}

function requireDistinct(found: readonly CheckUp[]): void {
  const names = found.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new DrillError('plan-invalid', `two plans are named ${twice}, so that no file of metrics can have both`, {
    hint: 'give each drill a name of its own, or write a file for each',
  });
}
