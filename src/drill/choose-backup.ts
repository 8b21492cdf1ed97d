import { DrillError } from '../core/errors.ts';
import { formatInstant } from '../core/instant.ts';
import type { BackupSet } from '../pgbackrest/info.ts';
import type { RecoveryTarget } from '../plan/drill-plan.ts';
import { formatLsn, type Lsn } from '../postgres/lsn.ts';

interface Choice {
  /** All backups of one repository. */
  readonly backups: readonly BackupSet[];
  readonly target: RecoveryTarget;
  /** latest, oldest, random or a label. */
  readonly choice: string;
  /** Where the target lies, when it had to be looked for (xid, name). */
  readonly targetLsn: Lsn | null;
  /** 0 to 1; injected, so that chance can be tested. */
  readonly random: number;
}

/**
 * The backup set from which the target can be recovered. For a time it is the newest that stopped strictly before, as
 * pgBackRest has it, in whole seconds; for an LSN, an xid or a name the newest that stopped at or before it: for xid and
 * name pgBackRest would take the latest set, which is wrong when the target is older.
 */
export function chooseBackup(options: Choice): BackupSet {
  const { target, choice, targetLsn } = options;
  const sets = options.backups.toSorted(
    (a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime() || (a.label < b.label ? -1 : 1),
  );
  const [first] = sets;
  if (!first)
    throw new DrillError('backup-set-not-found', 'the repository holds no backup of this stanza', {
      hint: 'take a full backup',
    });
  const usable = sets.filter((set) => leadsTo(set, target, targetLsn));
  const named = sets.find(({ label }) => label === choice);
  if (!['latest', 'oldest', 'random'].includes(choice)) {
    if (!named) {
      throw new DrillError('backup-set-not-found', `the repository holds no backup set ${choice}`, {
        hint: `it holds: ${sets
          .slice(-8)
          .map(({ label }) => label)
          .join(', ')}`,
      });
    }
    if (usable.includes(named)) return named;
    throw new DrillError(
      'target-before-first-backup',
      `the backup set ${choice} ${stopText(named)}, which is not before the target ${targetText(target, targetLsn)}`,
      {
        hint: 'name an older set, or let pgdrill choose with --backup latest',
      },
    );
  }
  const newest = usable.at(-1);
  if (!newest) {
    throw new DrillError(
      'target-before-first-backup',
      `the target ${targetText(target, targetLsn)} lies before the first backup, which ${stopText(first)}`,
      {
        hint: 'nothing in this repository leads to it; choose a later target',
      },
    );
  }
  if (choice === 'oldest') return usable[0] ?? newest;
  return choice === 'random'
    ? (usable[Math.min(Math.floor(options.random * usable.length), usable.length - 1)] ?? newest)
    : newest;
}

/** Whether a set stopped before a target, as far as that can be told from the set alone. */
export function leadsTo(set: BackupSet, target: RecoveryTarget, targetLsn: Lsn | null): boolean {
  if (target.type === 'time')
    return BigInt(set.stoppedAt.getTime()) * 1000n < target.instant - (target.instant % 1_000_000n);
  const lsn = target.type === 'lsn' ? target.lsn : targetLsn;
  return lsn === null || (set.lsnStop !== null && set.lsnStop <= lsn);
}

function stopText(set: BackupSet): string {
  const at = set.lsnStop === null ? '' : ` at LSN ${formatLsn(set.lsnStop)}`;
  return `stopped ${set.stoppedAt.toISOString()}${at}`;
}

/** The target for people, with its UTC reading. */
export function targetText(target: RecoveryTarget, lsn: Lsn | null = null): string {
  const at = lsn === null ? '' : ` at LSN ${formatLsn(lsn)}`;
  switch (target.type) {
    case 'time':
      return formatInstant(target.instant);
    case 'lsn':
      return `LSN ${formatLsn(target.lsn)}`;
    case 'xid':
      return `transaction ${target.xid}${at}`;
    case 'name':
      return `restore point "${target.name}"${at}`;
    case 'latest':
      return 'the end of the archive';
    case 'immediate':
      return 'the end of the backup';
    case 'standby':
      return 'the end of the archive, as a standby';
    case 'random':
      return 'a random moment';
  }
}
