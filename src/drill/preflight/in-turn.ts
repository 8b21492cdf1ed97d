import { asDrillError, type DrillError } from '../../core/errors.ts';
import { readInfo, type BackupSet, type StanzaInfo } from '../../pgbackrest/info.ts';
import type { DrillPlan, Rotation } from '../../plan/drill-plan.ts';
import type { CopyIdentity } from '../../report/copy.ts';
import type { SelectionReport } from '../../report/selection.ts';
import type { ProvenTurn } from '../../store/ledger/index-answers.ts';
import type { RunStore } from '../../store/run-store.ts';
import { configuredCopies } from '../judge/copies.ts';
import { setsByAge } from './backup-age.ts';
import { lookAhead, withSomeVersion, type Looked } from './preflight.ts';
import { nextTurn, turnReason, type Turn } from './rotate.ts';
import { configure, type PreflightInput } from './survey.ts';

/** A turn, and what the plan says of its target. */
interface PlannedTurn extends Turn {
  readonly aim: Rotation['targets'][number];
}

interface InTurn {
  readonly input: PreflightInput;
  /** What past runs have shown. */
  readonly store: Pick<RunStore, 'turnsOf'>;
  /** Called with the plan for a turn before it is looked at: what comes of it is then told of that turn. */
  readonly onTurn: (plan: DrillPlan) => void;
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
    onTurn(turned);
    try {
      const looked = await lookAhead({ ...input, sandbox, plan: turned });
      const { seed } = looked.ready.selection;
      const selection = { ...describeTurn(turn, turns, leftOut), seed };
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
): Omit<SelectionReport, 'seed'> {
  const candidates = turns.map((one) => ({
    repo: one.repo,
    backup: one.backup,
    age: one.age,
    target: one.aim.target.type,
    lastPassedAt: one.lastPassedAt,
    leftOut: leftOut.get(one)?.message ?? null,
  }));
  return { kind: 'rotate', reason: turnReason(turn, turns.length, leftOut.size), candidates };
}

/** All turns that there are now, in the order in which those are taken that nobody has proven: each repository first. */
async function turnsOf(input: PreflightInput, store: InTurn['store']): Promise<PlannedTurn[]> {
  const { plan, sandbox, signal } = input;
  const { rotation } = plan;
  if (rotation === null) return [];
  const info = await readInfo(await configure(input, sandbox, null), signal);
  const copies = configuredCopies({ plan, config: input.config, ready: null, runId: '', startedAt: input.now }).filter(
    ({ key }) => rotation.repos === null || rotation.repos.includes(key),
  );
  const perCopy = await Promise.all(copies.map((copy) => turnsOfCopy(copy, { info, rotation, store, plan })));
  const rounds = Math.max(...perCopy.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => perCopy.flatMap((turns) => turns[round] ?? [])).flat();
}

async function turnsOfCopy(
  copy: CopyIdentity,
  { info, rotation, store, plan }: { info: StanzaInfo; rotation: Rotation; store: InTurn['store']; plan: DrillPlan },
): Promise<PlannedTurn[]> {
  const sets = setsOfNewestCluster(info, copy.key);
  const systemId = info.databases.find(({ id, repo }) => id === sets[0]?.databaseId && repo === copy.key)?.systemId;
  const past = await store.turnsOf(copy, { stanza: plan.source.stanza, systemId: systemId ?? null });
  const ages = sets.length === 0 ? [{ age: 'newest' as const, set: null }] : setsByAge(sets);
  return ages.flatMap(({ age, set }) =>
    rotation.targets.map((aim) => ({
      repo: copy.key,
      backup: set?.label ?? null,
      age: set === null ? null : age,
      target: aim.target.type,
      aim,
      ...provenTurn(past, age, aim.target.type),
    })),
  );
}

function provenTurn(
  past: readonly ProvenTurn[],
  age: string,
  target: string,
): Pick<Turn, 'lastPassedAt' | 'lastTriedAt'> {
  const found = past.find((one) => one.age === age && one.target === target);
  return { lastPassedAt: found?.lastPassedAt ?? null, lastTriedAt: found?.lastTriedAt ?? null };
}

/** The sets of a repository that are of the same cluster as the newest of them. */
function setsOfNewestCluster({ backups }: StanzaInfo, key: number): BackupSet[] {
  const sets = backups.filter(({ repo }) => repo === key);
  const newest = sets.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime()).at(-1);
  return sets.filter(({ databaseId }) => databaseId === newest?.databaseId);
}
