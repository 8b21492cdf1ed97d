import { asDrillError, type DrillError } from '../../core/errors.ts';
import { readInfo, type BackupSet } from '../../pgbackrest/info.ts';
import type { DrillPlan, Rotation } from '../../plan/drill-plan.ts';
import type { CopyIdentity } from '../../report/copy.ts';
import type { SelectionReport } from '../../report/selection.ts';
import type { ProvenTurn } from '../../store/ledger/index-answers.ts';
import type { RunStore } from '../../store/run-store.ts';
import { configuredCopies } from '../judge/copies.ts';
import { setsByAge } from './backup-age.ts';
import { lookAhead, withSomeVersion, type Looked } from './preflight.ts';
import { nextTurn, turnReason, type TakenSet, type Turn } from './rotate.ts';
import { configure, type PreflightInput } from './survey.ts';

/** A turn, and what the plan says of its target. */
interface PlannedTurn extends Turn {
  readonly aim: Rotation['targets'][number];
  /** Null: the repository told of none. */
  readonly taken: TakenSet | null;
}

/** A turn that is taken, as the plan of a run and in its report. */
interface TakenTurn {
  readonly plan: DrillPlan;
  readonly turn: SelectionReport;
  readonly turnSet: TakenSet | null;
}

interface InTurn {
  readonly input: PreflightInput;
  /** What past runs have shown. */
  readonly store: Pick<RunStore, 'turnsOf'>;
  /** Called with a turn before it is looked at: whatever comes of it is then told of that turn. */
  readonly onTurn: (turn: TakenTurn) => void;
}

interface LookedInTurn extends Looked {
  readonly plan: DrillPlan;
}

/**
 * Looks ahead for what the plan says, or for the combination whose turn it is. One that cannot be drilled as things are is left
 * out, and the report says why; what is wrong with a copy is no reason to leave it out.
 */
export async function lookAheadInTurn({ input, store, onTurn }: InTurn): Promise<LookedInTurn> {
  const { plan } = input;
  if (plan.rotation === null) return { ...(await lookAhead(input)), plan };
  const { sandbox, found: turns } = await withSomeVersion(input, (one) => turnsOf(one, store));
  const leftOut = new Map<PlannedTurn, DrillError>();
  for (;;) {
    const turn = nextTurn(turns.filter((one) => !leftOut.has(one)));
    if (turn === null) throw leftOut.values().next().value ?? new Error('a plan with nothing to rotate');
    const turned = planFor(plan, turn);
    const taken = describeTurn(turn, turns, leftOut);
    onTurn({ plan: turned, turn: taken, turnSet: turn.taken });
    try {
      const looked = await lookAhead({ ...input, sandbox, plan: turned });
      const selection = { ...taken, seed: looked.ready.selection.seed };
      return { ...looked, ready: { ...looked.ready, selection }, plan: turned };
    } catch (error) {
      const known = asDrillError(error);
      if (!known || !cannotBeDrilled(known, turn)) throw error;
      leftOut.set(turn, known);
    }
  }
}

/**
 * What says that nothing leads from a set to a target, and nothing of the copy. A repository without a set is a copy that would
 * save nobody. Behind all sets but the newest there is WAL, so that none in the window of a random target is a fault.
 */
function cannotBeDrilled({ code }: DrillError, { age, backup }: Turn): boolean {
  if (backup === null) return false;
  if (code === 'target-not-found') return age === 'newest';
  return [
    'backup-label-unknown',
    'backup-set-not-found',
    'timeline-mismatch',
    'target-too-early',
    'target-before-first-backup',
  ].includes(code);
}

function planFor(plan: DrillPlan, { repo, backup, aim }: PlannedTurn): DrillPlan {
  return { ...plan, source: { ...plan.source, repo, backup: backup ?? 'latest' }, ...aim };
}

function describeTurn(
  turn: PlannedTurn,
  turns: readonly PlannedTurn[],
  leftOut: ReadonlyMap<PlannedTurn, DrillError>,
): SelectionReport {
  const candidates = turns.map((one) => ({
    repo: one.repo,
    backup: one.backup,
    age: one.age,
    target: one.aim.target.type,
    lastPassedAt: one.lastPassedAt,
    leftOut: leftOut.get(one)?.message ?? null,
  }));
  return { kind: 'rotate', reason: turnReason(turn, turns.length, leftOut.size), seed: null, candidates };
}

/** All turns that there are now, in the order in which those are taken that nobody has proven: each repository first. */
async function turnsOf(input: PreflightInput, store: InTurn['store']): Promise<PlannedTurn[]> {
  const { plan, config, now } = input;
  const { rotation } = plan;
  if (rotation === null) return [];
  const copies = configuredCopies({ plan, config, ready: null, runId: '', startedAt: now }).filter(
    ({ key }) => rotation.repos === null || rotation.repos.includes(key),
  );
  const perCopy: PlannedTurn[][] = [];
  for (const copy of copies) {
    const { sets, systemId } = await setsIn(copy.key, input);
    const past = await store.turnsOf(copy, { stanza: plan.source.stanza, systemId });
    perCopy.push(turnsOfCopy(copy, sets, rotation, past));
  }
  const rounds = Math.max(...perCopy.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => perCopy.flatMap((turns) => turns[round] ?? [])).flat();
}

interface HeldSets {
  readonly sets: readonly BackupSet[];
  readonly systemId: string | null;
}

/** The sets of the newest cluster in a repository; none where it cannot be read, which its own drill is to tell. */
async function setsIn(repo: number, input: PreflightInput): Promise<HeldSets> {
  try {
    const { backups, databases } = await readInfo(await configure(input, input.sandbox, repo), input.signal);
    const newest = backups.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime()).at(-1);
    return {
      sets: backups.filter(({ databaseId }) => databaseId === newest?.databaseId),
      systemId: databases.find(({ id }) => id === newest?.databaseId)?.systemId ?? null,
    };
  } catch (error) {
    if (asDrillError(error)?.outcome !== 'failed') throw error;
    return { sets: [], systemId: null };
  }
}

function turnsOfCopy(
  { key }: CopyIdentity,
  sets: readonly BackupSet[],
  { targets }: Rotation,
  past: readonly ProvenTurn[],
): PlannedTurn[] {
  const ages = setsByAge(sets).map(({ age, set }) => ({ age, taken: { backup: set, backups: sets } }));
  // A drill of a repository that tells of no set has failed before it knew of any age.
  return (ages.length > 0 ? ages : [{ age: null, taken: null }]).flatMap(({ age, taken }) =>
    targets.map((aim) => {
      const { type } = aim.target;
      const same = past.filter((one) => one.target === type && (age === null || one.age === age));
      return {
        repo: key,
        backup: taken?.backup.label ?? null,
        age,
        target: type,
        aim,
        taken,
        lastPassedAt: last(same.map((one) => one.lastPassedAt)),
        lastTriedAt: last(same.map((one) => one.lastTriedAt)),
      };
    }),
  );
}

function last(stamps: readonly (string | null)[]): string | null {
  return stamps.reduce((a, b) => (a !== null && (b === null || a > b) ? a : b), null);
}
