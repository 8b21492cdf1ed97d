import { asDrillError, type DrillError } from '../../../core/errors.ts';
import type { Histories, TimelineHistory } from '../../../pgbackrest/histories.ts';
import type { BackupSet } from '../../../pgbackrest/info.ts';
import type { TimelineChoice } from '../../../targets/timeline.ts';
import type { ArchiveState } from '../archive-state.ts';
import type { Divergence } from '../divergence.ts';
import type { ProductionSeen } from '../production.ts';
import { branchesOf, descentOf, explainedSegment } from './branches.ts';
import { ownWalFault } from './own-wal.ts';
import type { Reach } from '../../../targets/reach.ts';
import { ruleOn, type Ruling } from './ruling.ts';
import type { WalFault } from './wal-fault.ts';
import { historyWitnesses, productionWitnesses, segmentWitnesses, setWitnesses, type Witness } from './witness.ts';

interface Evidence {
  readonly state: ArchiveState;
  readonly backup: BackupSet;
  /** The sets of the cluster in the repository that is drilled. */
  readonly sets: readonly BackupSet[];
  /** Those in the others that were asked. */
  readonly setsElsewhere: readonly BackupSet[];
  readonly productions: readonly ProductionSeen[];
  /** Where production and the archive have parted on one timeline; null: nowhere that is seen. */
  readonly divergence: Divergence | null;
  readonly choice: TimelineChoice;
  readonly reach: Reach;
  readonly histories: Pick<Histories, 'of' | 'archivedAt'>;
  readonly now: Date;
}

/** Whether the archive holds what the recovery needs, and explains all that shows how far the cluster went. */
export async function judgeArchive(evidence: Evidence): Promise<Ruling> {
  const { state, backup, sets, reach, choice, productions, now } = evidence;
  const { listing, segmentBytes } = state;
  if (state.spans.length === 0) return { fault: null, warnings: [] };
  const fault = ownWalFault({ state, backup, sets, reach });
  if (fault) return { fault, warnings: [] };
  if (evidence.divergence && reach.kind === 'end') return { fault: divergenceFault(evidence.divergence), warnings: [] };
  const seen: Witness[] = [
    ...productionWitnesses(productions, now),
    ...setWitnesses([...sets, ...evidence.setsElsewhere], segmentBytes, backup.repo),
    ...segmentWitnesses(listing, (timeline) => explainedSegment(state, timeline)),
  ];
  const beside = listing.histories.filter((timeline) => !descentOf(state).includes(timeline));
  const { histories, unread } = await readAll(beside, evidence.histories);
  const times = new Map<number, Date | null>();
  for (const timeline of beside) times.set(timeline, await evidence.histories.archivedAt(timeline));
  const witnesses = [...seen, ...historyWitnesses(times)];
  const branches = branchesOf(state, witnesses, histories);
  const forks = [...state.forks, ...[...histories.values()].flatMap((history) => history.forks)];
  return ruleOn({ state, backup, choice, reach, witnesses, branches, forks, unread });
}

/** The archive leads to a state that production has left; up to a chosen target it may still be right. */
function divergenceFault({ path, segment }: Divergence): WalFault {
  return {
    code: 'timeline-split',
    message: `WAL segment ${segment} of production in ${path} is not the one that the archive holds under this name: production and the archive have gone different ways, and what production has written since is not archived`,
    hint: 'production was set back, as by a snapshot of its disk, or another server archived in its name: read what archive_command says in the log of production; until WAL is archived again and a new full backup is taken, nothing saves what it writes',
    missing: null,
  };
}

interface Read {
  readonly histories: ReadonlyMap<number, TimelineHistory>;
  readonly unread: ReadonlyMap<number, DrillError>;
}

/** A history file that cannot be read explains nothing, but that it is there shows that its timeline was. */
async function readAll(timelines: readonly number[], from: Pick<Histories, 'of'>): Promise<Read> {
  const histories = new Map<number, TimelineHistory>();
  const unread = new Map<number, DrillError>();
  for (const timeline of timelines) {
    try {
      histories.set(timeline, await from.of(timeline));
    } catch (error) {
      const why = asDrillError(error);
      if (!why) throw error;
      unread.set(timeline, why);
    }
  }
  return { histories, unread };
}
