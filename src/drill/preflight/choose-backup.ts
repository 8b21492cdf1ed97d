import { drawn } from '../../core/draw.ts';
import { DrillError } from '../../core/errors.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import type { RecoveryTarget } from '../../targets/index.ts';
import { formatLsn, type Lsn } from '../../postgres/lsn.ts';
import { kindOf, targetText } from '../../targets/index.ts';
import { choiceOf } from './selection.ts';
import type { ClosedWay, Way } from './way.ts';

interface Choice {
  /** All backups of one repository. */
  readonly backups: readonly BackupSet[];
  readonly target: RecoveryTarget;
  /** latest, oldest, random or a label. */
  readonly choice: string;
  /** Where the target lies, when it had to be looked for (xid, name). */
  readonly targetLsn: Lsn | null;
  /** Whether the timeline that is wanted leads through a set, by its label; a set that is not there counts as one that it leads through. */
  readonly ways: ReadonlyMap<string, Way>;
  /** What a random set is drawn by. */
  readonly seed: string;
}

/** A backup set that would have been taken, had the timeline that is wanted led through it. */
export interface SkippedSet {
  readonly label: string;
  readonly why: string;
}

interface Chosen {
  readonly backup: BackupSet;
  /** All that lead to the target, oldest first. */
  readonly usable: readonly BackupSet[];
  readonly skipped: readonly SkippedSet[];
}

/**
 * The backup set from which the target can be recovered: the newest that leads there, and through which the timeline that
 * is wanted leads. For xid and name pgBackRest would take the latest set, which is wrong when the target is older. Throws
 * when none is left.
 */
export function chooseBackup(options: Choice): Chosen {
  const { target, choice, targetLsn } = options;
  const sets = options.backups.toSorted(
    (a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime() || (a.label < b.label ? -1 : 1),
  );
  const [first] = sets;
  if (!first)
    throw new DrillError('backup-set-not-found', 'the repository holds no backup of this stanza', {
      hint: 'take a full backup',
    });
  const { leadsTo } = kindOf(target);
  const early = sets.filter((set) => leadsTo(set, targetLsn));
  const usable = early.filter(({ label }) => wayOf(options, label)?.open !== false);
  const word = choiceOf(choice);
  if (word === null) return { backup: named(options, sets, early), usable, skipped: [] };
  if (early.length === 0) {
    throw new DrillError(
      'target-before-first-backup',
      `the target ${targetText(target, targetLsn)} lies before the first backup, which ${stopText(first)}`,
      {
        hint: 'nothing in this repository leads to it; choose a later target',
      },
    );
  }
  const newest = usable.at(-1);
  if (!newest) throw noWay(options, early);
  const label = drawn(
    options.seed,
    usable.map((set) => set.label),
  );
  const byChance = usable.find((set) => set.label === label);
  const backup = { latest: newest, oldest: usable[0], random: byChance }[word] ?? newest;
  const passedOver = word === 'latest' ? early.slice(early.indexOf(newest) + 1) : early;
  return { backup, usable, skipped: skippedOf(options, passedOver) };
}

function named(options: Choice, sets: readonly BackupSet[], early: readonly BackupSet[]): BackupSet {
  const { target, choice, targetLsn } = options;
  const set = sets.find(({ label }) => label === choice);
  if (!set) {
    throw new DrillError('backup-set-not-found', `the repository holds no backup set ${choice}`, {
      hint: `it holds: ${sets
        .slice(-8)
        .map(({ label }) => label)
        .join(', ')}`,
    });
  }
  if (!early.includes(set)) {
    throw new DrillError(
      'target-before-first-backup',
      `the backup set ${choice} ${stopText(set)}, which is not before the target ${targetText(target, targetLsn)}`,
      {
        hint: 'name an older set, or let pgdrill choose with --backup latest',
      },
    );
  }
  if (wayOf(options, choice)?.open === false) throw noWay(options, [set]);
  return set;
}

function wayOf({ ways }: Choice, label: string): Way | undefined {
  return ways.get(label);
}

function skippedOf(options: Choice, sets: readonly BackupSet[]): SkippedSet[] {
  return sets.flatMap(({ label }) => {
    const way = wayOf(options, label);
    return way?.open === false ? [{ label, why: way.why }] : [];
  });
}

/** None of the sets leads to what is wanted. */
function noWay(options: Choice, sets: readonly BackupSet[]): DrillError {
  const ways = sets.flatMap(({ label }) => wayOf(options, label) ?? []);
  const skipped = skippedOf(options, sets).toReversed();
  const [newest] = skipped;
  const closed = ways.filter((way): way is ClosedWay => !way.open);
  if (closed.some(({ because }) => because === 'no-such-timeline')) {
    return new DrillError('timeline-mismatch', newest?.why ?? '', {
      hint: 'leave --target-timeline away, or name one of these',
    });
  }
  const shown = skipped.slice(0, 5).map(({ label, why }) => `${label}: ${why}`);
  const more = skipped.length > shown.length ? `; and ${skipped.length - shown.length} more` : '';
  const only = skipped.length === 1 ? `the backup set ${newest?.label ?? ''} does not lead` : 'no backup set leads';
  const offline = closed.every(({ because }) => because === 'offline');
  return new DrillError(
    offline ? 'backup-set-not-found' : 'timeline-mismatch',
    `${only} to ${targetText(options.target, options.targetLsn)} on the timeline that is wanted (${shown.join('; ')}${more})`,
    {
      hint: offline
        ? 'take a backup of the running cluster'
        : 'a copy may have archived its own timeline; try --target-timeline current, and look for stray .history files',
    },
  );
}

function stopText(set: BackupSet): string {
  const at = set.lsnStop === null ? '' : ` at LSN ${formatLsn(set.lsnStop)}`;
  return `stopped ${set.stoppedAt.toISOString()}${at}`;
}
