import type { CheckUp } from '../../check-up/document.ts';

/** Writes what `drill check` found to a file for node_exporter, if one is named. Throws what `writeTextfile` throws. */
export async function writeCheckMetrics(file: string | undefined, found: readonly CheckUp[]): Promise<void> {
  if (file === undefined) return;
  const { samplesOfCheckUps } = await import('../../metrics/of-check-ups.ts');
  const { metricsText } = await import('../../metrics/render.ts');
  const { writeTextfile } = await import('../../metrics/write-textfile.ts');
  writeTextfile(file, await metricsText(samplesOfCheckUps(found), 'prometheus'));
}
