import { compareStates, type Differences, type Limits } from '../../checks/baseline/compare-states.ts';
import { readState, STATE_FILE, type State } from '../../checks/baseline/state.ts';
import { keyOf, takeState, type Taken } from '../../checks/baseline/take-state.ts';
import { isWithoutNames, takenWithoutNames, withoutNames } from '../../checks/baseline/without-names.ts';
import type { Baseline } from '../../checks/baseline/written-baseline.ts';
import type { ReasonCode } from '../../core/reason-codes.ts';
import type { Sessions } from '../../postgres/sessions.ts';
import type { DrillReport } from '../../report/report.ts';
import { tellText, type Run } from '../run.ts';

/**
 * Keeps what the cluster holds beside the report, by names, numbers and digests, and compares it with what the last passed run of
 * the drill has kept. Only recoveries to the end of the archive are compared: an earlier state may hold less, and rightly so.
 */
export async function compareWithBaseline(
  run: Run,
  copy: { readonly sessions: Sessions; readonly databases: readonly string[] },
  toTheEnd: boolean,
): Promise<void> {
  const { baseline } = run.plan;
  if (baseline === null) return;
  if (!toTheEnd) return note(run, null, CHOSEN, 0, NOTHING);
  tellText(run, 'comparing with the last passed run');
  const found = await takeState({ ...copy, baseline, signal: run.signal });
  tellUncounted(run, found);
  const { state } = baseline.redact ? takenWithoutNames(found) : found;
  run.folder.keep(STATE_FILE, `${JSON.stringify(state)}\n`);
  const relations = state.databases.reduce((sum, database) => sum + database.relations.length, 0);
  if (baseline.fresh) return note(run, null, FRESH, relations, NOTHING);
  const last = run.store.lastPassedWith(run.plan.name, STATE_FILE);
  const before = last === null ? null : readState(last.text);
  if (last === null) return note(run, null, FIRST, relations, NOTHING);
  if (before === null) {
    addReason(
      run,
      'baseline-unreadable',
      `${STATE_FILE} of the run ${last.run} cannot be read, so nothing was compared`,
      LOOK,
    );
    return note(run, null, 'what the last passed run has kept cannot be read', relations, NOTHING);
  }
  const differences = differencesOf(before, found, baseline);
  tellDifferences(run, differences, last.run);
  note(run, last.run, null, relations, differences);
}

const CHOSEN = 'the target was chosen: only a recovery to the end of the archive is compared';
const FRESH = 'it was asked for: what this run has found is what the next is compared with';
const FIRST = 'no passed run of this drill has kept its state yet';
const LOOK =
  'drill evidence verify says whether it was changed; run the drill with --new-baseline to go on from what is there now';
const ACCEPT = 'if that is right, run the drill once with --new-baseline';
const NOTHING: Differences = { gone: [], fewer: [], changed: [] };

/** Where one of them was kept without names, digests are compared: `redact` may have been written or taken out since. */
function differencesOf(before: State, found: Taken, baseline: Baseline): Differences {
  const hidden = baseline.redact || isWithoutNames(before);
  const { state, limits } = hidden ? takenWithoutNames(found) : found;
  return compareStates(hidden ? withoutNames(before) : before, state, limitsOf(baseline, limits));
}

function limitsOf({ fewer }: Baseline, limits: Taken['limits']): Limits {
  return { fewer, fewerOf: (database, relation) => limits.get(keyOf(database, relation)) ?? 0 };
}

/** The plan names these tables: whoever does not find one there has lost it, or has mistyped it. */
function tellUncounted(run: Run, { missing, uncounted, lacks }: Taken): void {
  for (const { asked, what, hint } of lacks) addReason(run, 'environment-lacks', `${asked}: ${what}`, hint);
  if (missing.length > 0)
    addReason(run, 'table-gone', `not there, though the plan wants its rows counted: ${some(missing)}`, null);
  if (uncounted.length > 0)
    addReason(run, 'check-error', `rows that the plan wants counted could not be: ${some(uncounted)}`, null);
}

function tellDifferences(run: Run, { gone, fewer, changed }: Differences, since: string): void {
  if (gone.length > 0) addReason(run, 'table-gone', `gone since the passed run ${since}: ${some(gone)}`, ACCEPT);
  if (fewer.length > 0) {
    const words = fewer.map(
      ({ name, before, now, exact }) => `${name} has ${exact ? '' : 'about '}${now} rows, and had ${before}`,
    );
    addReason(run, 'rows-fewer', `fewer rows than in the passed run ${since}: ${some(words)}`, ACCEPT);
  }
  if (changed.length > 0)
    addReason(run, 'schema-changed', `defined otherwise than in the passed run ${since}: ${some(changed)}`, null);
}

function addReason({ record }: Run, code: ReasonCode, message: string, hint: string | null): void {
  record.reasons.push({ code, message, phase: 'verify', hint });
}

const SHOWN = 5;
const KEPT = 50;

function some(names: readonly string[]): string {
  return names.slice(0, SHOWN).join(', ') + (names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '');
}

function note(
  { record }: Run,
  comparedWith: string | null,
  reason: string | null,
  relations: number,
  { gone, fewer, changed }: Differences,
): void {
  const lost = fewer.map(({ name }) => name);
  record.note({
    baseline: { comparedWith, reason, relations, gone: listed(gone), fewer: listed(lost), changed: listed(changed) },
  });
}

function listed(names: readonly string[]): NonNullable<DrillReport['baseline']>['gone'] {
  return { count: names.length, first: names.slice(0, KEPT) };
}
