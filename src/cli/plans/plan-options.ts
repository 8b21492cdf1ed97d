import { DrillError } from '../../core/errors.ts';
import type { PlanOverride } from '../../plan/load.ts';

/** The options of `run` and `plan` that stand for a place in the plan, as commander parses them. */
export interface PlanOptions {
  readonly stanza?: string | undefined;
  readonly config?: string | undefined;
  readonly repo?: string | undefined;
  readonly backup?: string | undefined;
  readonly targetTime?: string | undefined;
  readonly targetLsn?: string | undefined;
  readonly targetXid?: string | undefined;
  readonly targetName?: string | undefined;
  readonly targetImmediate?: true | undefined;
  readonly latest?: true | undefined;
  readonly standby?: true | undefined;
  readonly targetTimeline?: string | undefined;
  readonly sandbox?: string | undefined;
  readonly scratch?: string | undefined;
  readonly processMax?: string | undefined;
  readonly reuse?: true | undefined;
  readonly checkSql?: string[] | undefined;
  readonly rto?: string | undefined;
  readonly rpo?: string | undefined;
  readonly reports?: string | undefined;
}

/** A number where the text is one, else the text itself, for the schema to complain of. */
function number(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** The values that options put into a plan. `checks` is how many the plan has already: those of options follow. */
export function overridesOf(options: PlanOptions, planGiven: boolean, checks: number): PlanOverride[] {
  const overrides: PlanOverride[] = [];
  const set = (path: (string | number)[], value: unknown, option: string): void => {
    if (value !== undefined) overrides.push({ path, value, option });
  };
  if (!planGiven) set(['name'], options.stanza?.replaceAll(/[^A-Za-z0-9._-]/g, '-'), '--stanza');
  set(['source', 'stanza'], options.stanza, '--stanza');
  set(['source', 'config'], options.config, '--config');
  set(['source', 'repo'], options.repo === undefined ? undefined : repos(options.repo), '--repo');
  set(['source', 'backup'], options.backup, '--backup');
  set(
    ['source', 'processMax'],
    options.processMax === undefined ? undefined : number(options.processMax),
    '--process-max',
  );
  const target = targetOf(options);
  if (target) set(['target'], target.value, target.option);
  if (options.sandbox !== undefined || !planGiven) set(['sandbox', 'kind'], options.sandbox ?? 'local', '--sandbox');
  set(['sandbox', 'scratch'], options.scratch, '--scratch');
  set(['sandbox', 'reuse'], options.reuse, '--reuse');
  set(['objectives', 'rto'], options.rto, '--rto');
  set(['objectives', 'rpo'], options.rpo, '--rpo');
  options.checkSql?.forEach((sql, index) => set(['checks', checks + index], { name: nameOf(sql), sql }, '--check-sql'));
  set(['reports'], options.reports, '--reports');
  return overrides;
}

/** A query of an option is its own name, on one line and not too long for a table. */
function nameOf(sql: string): string {
  const line = sql.trim().replaceAll(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line || sql;
}

function repos(text: string): unknown {
  const keys = text.split(',').map((item) => number(item.trim()));
  return keys.length === 1 ? keys[0] : keys;
}

function targetOf(options: PlanOptions): { value: unknown; option: string } | null {
  const timeline = options.targetTimeline === undefined ? {} : { timeline: number(options.targetTimeline) };
  if (options.targetTime !== undefined)
    return { value: { time: options.targetTime, ...timeline }, option: '--target-time' };
  if (options.targetLsn !== undefined)
    return { value: { lsn: options.targetLsn, ...timeline }, option: '--target-lsn' };
  if (options.targetXid !== undefined)
    return { value: { xid: options.targetXid, ...timeline }, option: '--target-xid' };
  if (options.targetName !== undefined)
    return { value: { name: options.targetName, ...timeline }, option: '--target-name' };
  if (options.targetImmediate) return { value: 'immediate', option: '--target-immediate' };
  if (options.standby) return { value: { standby: true, ...timeline }, option: '--standby' };
  if (options.latest || options.targetTimeline !== undefined) {
    return { value: { latest: true, ...timeline }, option: options.latest ? '--latest' : '--target-timeline' };
  }
  return null;
}

/** Refuses options that contradict one another: a drill has one recovery target. */
export function refuseConflicts(options: PlanOptions): void {
  const given = Object.entries({
    '--target-time': options.targetTime,
    '--target-lsn': options.targetLsn,
    '--target-xid': options.targetXid,
    '--target-name': options.targetName,
    '--target-immediate': options.targetImmediate,
    '--latest': options.latest,
    '--standby': options.standby,
  }).flatMap(([option, value]) => (value === undefined ? [] : [option]));
  if (given.length > 1) {
    throw new DrillError('plan-invalid', `${listOf(given)} exclude one another: recovery stops at one target`, {
      hint: 'give one of them; several targets take several runs',
    });
  }
  if (options.targetImmediate && options.targetTimeline !== undefined) {
    throw new DrillError(
      'plan-invalid',
      '--target-timeline has no meaning with --target-immediate: the end of the backup lies on its own timeline',
    );
  }
}

function listOf(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
