import { z } from 'zod';
import { formatLsn } from '../postgres/lsn.ts';
import { atAStop } from './at-a-stop.ts';
import type { RecoveryEvidence } from './evidence.ts';
import { targetKind, type AnyTarget, type Reading, type RecoveryKind } from './kind.ts';
import type { Reach } from './reach.ts';
import { readRung, rungKind, writtenRungs, type RungTarget } from './rung.ts';
import { timeline } from './timeline.ts';
import { followOption, followSetting } from './words.ts';

interface LadderTarget {
  readonly type: 'ladder';
  /** At least two: once they were found in the order of the WAL, until then as far as they tell by themselves. */
  readonly rungs: readonly RungTarget[];
}

/** Several targets, through which one recovery goes, held at each; at the last the copy is promoted. */
export const ladder = targetKind({
  block: z.strictObject({
    ladder: writtenRungs.describe('several targets, through which one recovery goes; short: targets: […]'),
    timeline,
  }),
  read: ({ ladder: written }, reading): LadderTarget => ({
    type: 'ladder',
    rungs: inOrder(written.map((one, at) => readRung(one, refusingAt(reading, at)))),
  }),
  told: { words: 'several targets:', value: 'code', rehearses: null },
  of: (target: LadderTarget): RecoveryKind => {
    const kinds = target.rungs.map(rungKind);
    const named = kinds.flatMap(({ namedPlace }) => namedPlace ?? []);
    const last = kinds.at(-1);
    return {
      ...atAStop(target),
      text: () => `${kinds.length} targets: ${kinds.map(({ text }) => text(null)).join(', ')}`,
      value: kinds.map(({ value, text }) => value ?? text(null)).join(', '),
      namedPlace: named.length === 0 ? null : (set) => named.every((leads) => leads(set)),
      leadsTo: (set) => kinds.every(({ leadsTo }) => leadsTo(set, null)),
      reach: () => furthest(kinds.map(({ reach }) => reach(null))),
      unreachable: (end) => kinds.map(({ unreachable }) => unreachable(end)).find((why) => why !== null) ?? null,
      restoreOptions: (choice) => ['--type=standby', ...followOption(choice)],
      recoverySettings: (choice) => [followSetting(choice)],
      prove,
      referenceMoment: (reached) => (last ? last.referenceMoment(reached) : atAStop(target).referenceMoment(reached)),
      reachedBy: last?.reachedBy ?? null,
      isClimbed: true,
    };
  },
});

/** Several targets in the order of the WAL, once they were found: the last is the one that tells how the recovery ended. */
export function ladderOf(rungs: readonly RungTarget[]): LadderTarget {
  return { type: 'ladder', rungs };
}

/** The several targets that a recovery goes through; null: there is one. */
export function rungsIn(target: LadderTarget | Exclude<AnyTarget, LadderTarget>): readonly RungTarget[] | null {
  return 'rungs' in target ? target.rungs : null;
}

/** What is wrong with one of several is said of that one. */
function refusingAt(reading: Reading, at: number): Reading {
  return { ...reading, refuse: (problem) => reading.refuse(problem, [at]) };
}

/** Times among themselves, and positions; where they are mixed, or a record has to be looked for, only the WAL tells the order. */
function inOrder(rungs: readonly RungTarget[]): RungTarget[] {
  const times = rungs.filter((rung) => rung.type === 'time').toSorted((a, b) => compared(a.instant, b.instant));
  const positions = rungs.filter((rung) => rung.type === 'lsn').toSorted((a, b) => compared(a.lsn, b.lsn));
  return rungs.map((rung) => {
    if (rung.type === 'time') return times.shift() ?? rung;
    return rung.type === 'lsn' ? (positions.shift() ?? rung) : rung;
  });
}

function compared(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

/** The target that lies furthest, of those that tell; those that do not are looked for later. */
function furthest(reaches: readonly Reach[]): Reach {
  const at = reaches.flatMap((reach) => (reach.kind === 'moment' ? [reach.at.getTime()] : []));
  if (at.length > 0) return { kind: 'moment', at: new Date(Math.max(...at)) };
  const lsn = reaches.flatMap((reach) => (reach.kind === 'position' ? [reach.lsn] : [])).toSorted(compared);
  return lsn.length === 0 ? { kind: 'backup' } : { kind: 'position', lsn: lsn.at(-1) ?? 0n };
}

/** Each was proven where the recovery was held; what is left to show is that it did not go further when the copy was promoted. */
function prove({ replayedTo, rungs }: RecoveryEvidence): string | null {
  const last = rungs?.at(-1);
  if (rungs === undefined || last === undefined || rungs.some((rung) => rung === null)) return null;
  return last === replayedTo
    ? `replay stood to the byte at each of ${rungs.length} targets, and the copy was promoted at the last, at LSN ${formatLsn(replayedTo)}`
    : null;
}
