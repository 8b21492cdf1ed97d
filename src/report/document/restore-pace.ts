import type { DrillReport } from '../report.ts';
import { paragraph, type Block } from './blocks.ts';
import { counted, durationText } from './words.ts';

/** Below this a file and process the time goes into other things than waiting for answers. */
const LEAST_WAIT_MS = 20;

/** So many small files fit into a bundle of pgBackRest by default (repo-bundle-size, 2.45 to 2.60). */
const BUNDLE_BYTES = 20 * 1024 ** 2;

/**
 * What more processes, and bundles, would make of a restore that came over a network and took long for each file. The figures are
 * measured, the rest is plain arithmetic, and says so; nothing is said where neither is likely to help.
 */
export function describeRestorePace({ source, sandbox, restore, phases }: DrillReport): Block[] {
  const restoreMs = phases.find(({ id }) => id === 'restore')?.durationMs ?? null;
  const { processMax } = sandbox;
  const isRemote = source.repo !== null && (source.repo.host !== null || !['posix', 'cifs'].includes(source.repo.type));
  if (!isRemote || restore?.start !== 'empty' || restoreMs === null || processMax === null) return [];
  const files = restore.files ?? 0;
  const eachMs = (restoreMs * processMax) / files;
  if (files === 0 || eachMs < LEAST_WAIT_MS) return [];
  const more = processMax * 4;
  return [
    paragraph(
      `The restore took ${durationText(restoreMs)} for ${counted(files, 'file')} with process-max ${processMax}: ${Math.round(eachMs)} ms for each file in each process. If that is the time until the repository answers, process-max ${more} makes it ${durationText(Math.round(restoreMs / 4))}. That is plain arithmetic, and was not measured; --process-max ${more} measures it.`,
    ),
    ...bundleWords(restore.alone),
  ];
}

function bundleWords(alone: NonNullable<DrillReport['restore']>['alone']): Block[] {
  if (alone === null || alone.small === 0) return [];
  const requests = alone.files - alone.small + Math.max(1, Math.ceil(alone.smallBytes / BUNDLE_BYTES));
  if (requests > alone.files / 2) return [];
  return [
    paragraph(
      `${counted(alone.files, 'file')} lay in no bundle, so that each took a request of its own; ${alone.small} of them have at most 2 MB. A full backup with repo-bundle=y would bring the same in about ${counted(requests, 'request')}: plain arithmetic with pgBackRest's default sizes, not measured.`,
    ),
  ];
}
