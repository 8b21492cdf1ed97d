import { DrillError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import type { PlannedTarget } from '../../targets/index.ts';
import { choiceOf } from './selection.ts';
import { plannedKindOf, targetText } from '../../targets/index.ts';

interface Asked {
  readonly backups: readonly BackupSet[];
  readonly target: PlannedTarget;
  /** latest, oldest, random or a label. */
  readonly choice: string;
}

/**
 * Throws for what a person named, and the repository never led to: a label, a date or an LSN. Such a mistake says nothing
 * of the backup, so it must not mark the copy as bad. A target that is counted back from now (`-30d`) is a promise, and not
 * a mistake: the drill fails if it cannot be kept.
 */
export function refuseMistakes({ backups, target, choice }: Asked): void {
  if (backups.length === 0) return;
  const sets = choiceOf(choice) === null ? [setOf(choice, backups)] : backups;
  const { namedPlace } = plannedKindOf(target);
  if (namedPlace === null || sets.some(namedPlace)) return;
  const first = sets.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime())[0];
  const which = sets === backups ? 'the first backup' : 'the backup set that was asked for';
  throw new DrillError(
    'target-too-early',
    `the target ${targetText(target)} lies before ${which} (${first?.label}) ended, ${first?.stoppedAt.toISOString()}`,
    { hint: 'look at the date, the year and the time zone of the target; a backup leads only to what came after it' },
  );
}

function setOf(label: string, backups: readonly BackupSet[]): BackupSet {
  const found = backups.find((set) => set.label === label);
  if (found) return found;
  const labels = backups.map((set) => set.label);
  const near = nearest(label, labels);
  throw new DrillError(
    'backup-label-unknown',
    `the repository holds no backup set ${label}${near === null ? '' : `; did you mean ${near}?`}`,
    { hint: `look at the label; it holds: ${labels.toSorted().slice(-8).join(', ')}` },
  );
}
