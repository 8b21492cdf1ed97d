import { Command, Option } from '@commander-js/extra-typings';
import { SEED } from '../../core/draw.ts';
import { DrillError } from '../../core/errors.ts';
import type { PlanOverride } from '../../plan/load.ts';
import { SANDBOX_NAMES } from '../../sandbox/registry.ts';
import { shortened } from '../../core/shortened.ts';

// Everything stays a string here: the plan's schema judges the values, so that an option and a plan get the same words.

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** The options of `run` and `plan` that each stand for a place in the plan. */
function declared() {
  return new Command()
    .optionsGroup('What is restored (the command line wins over the plan):')
    .option('--stanza <name>', 'the stanza')
    .addOption(new Option('--name <name>', 'how the drill is called').hideHelp())
    .option('--config <file>', "pgBackRest's configuration; default: its own search order")
    .option('--repo <n>', "the repository; default: pgBackRest's choice; 1,2 runs one drill for each")
    .option('--backup <set>', 'latest, oldest, random, rotate or a label; default: latest')
    .option('--seed <word>', 'draws again what another run drew, by the seed in its report')
    .optionsGroup('Where recovery stops (one of them; default: the end of the archive):')
    .option(
      '--target-time <time>',
      '"2026-05-13 14:32:00", "…+03", ISO 8601, or "-15m"; without a zone it is local time; several: one recovery through all',
      collect,
    )
    .option('--target-lsn <lsn>', 'a WAL position, such as 0/3000148')
    .option('--target-xid <xid>', 'a transaction id')
    .option('--target-name <name>', 'a restore point')
    .option('--target-immediate', 'the end of the backup')
    .option('--latest', 'the end of the archive, even if the plan has another target')
    .option('--standby', 'the end of the archive, left as a standby')
    .option('--target-timeline <timeline>', 'latest, current or a number; goes with any target but --target-immediate')
    .optionsGroup('How:')
    .addOption(new Option('--sandbox <kind>', 'where the drill happens').choices(SANDBOX_NAMES))
    .option('--scratch <dir>', 'where backups are restored; default: /var/lib/pgdrill, or below the home directory')
    .option('--process-max <n>', 'processes of the restore; default: the number of CPUs')
    .option('--wal-ahead', 'have pgBackRest fetch WAL ahead of the replay; default: as its configuration has it')
    .option('--reuse', 'keep the data directory, and restore with --delta the next time')
    .option('--fallback', 'if it fails, try another backup set or repository once; the drill stays failed')
    .optionsGroup('What is asked of it:')
    .option('--check-sql <sql>', 'a query that must give one row with one true; repeatable', collect)
    .option('--new-baseline', 'compare with no run before; what is there now is what the next is compared with')
    .option('--rto <duration>', 'recovery may take at most this long, such as 30m')
    .option('--rpo <duration>', 'at most this much may be lost, such as 5m')
    .optionsGroup('Output:')
    .option('--reports <dir>', 'where reports are written; default: ./reports');
}

/** What was given of them, as commander parses it. */
export type PlanOptions = ReturnType<ReturnType<typeof declared>['opts']>;

/** Adds them to a command. */
export function addPlanOptions(command: { addOption(option: Option): unknown }): void {
  for (const option of declared().options) command.addOption(option);
}

/** The options as they are typed, for another process of this program. */
export function wordsOf(options: PlanOptions): string[] {
  const given = options as Readonly<Record<string, string | true | readonly string[] | undefined>>;
  return declared().options.flatMap((option) => {
    const value = given[option.attributeName()];
    if (value === undefined || option.long === undefined || option.long === null) return [];
    if (value === true) return [option.long];
    return [value].flat().flatMap((word) => [`${option.long}=${word}`]);
  });
}

/** The seed that was given; undefined: none was. Throws `plan-invalid` for one that is not usable. */
export function seedOf({ seed }: Pick<PlanOptions, 'seed'>): string | undefined {
  if (seed === undefined || SEED.test(seed)) return seed;
  throw new DrillError(
    'plan-invalid',
    '--seed: has to be of letters, digits, dots, dashes and underscores, at most 64',
  );
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
  if (options.name !== undefined) set(['name'], options.name, '--name');
  else if (!planGiven) set(['name'], options.stanza?.replaceAll(/[^A-Za-z0-9._-]/g, '-'), '--stanza');
  set(['source', 'stanza'], options.stanza, '--stanza');
  set(['source', 'config'], options.config, '--config');
  set(['source', 'repo'], options.repo === undefined ? undefined : repos(options.repo), '--repo');
  set(['source', 'backup'], options.backup, '--backup');
  set(
    ['source', 'processMax'],
    options.processMax === undefined ? undefined : number(options.processMax),
    '--process-max',
  );
  set(['restore', 'walFetch'], options.walAhead === true ? 'ahead' : undefined, '--wal-ahead');
  const target = targetOf(options);
  if (target) {
    set(['target'], target.value, target.option);
    // What was typed takes the place of either.
    if (planGiven) overrides.push({ path: ['targets'], value: undefined, option: target.option });
  }
  if (options.sandbox !== undefined || !planGiven)
    set(['sandbox', 'kind'], options.sandbox ?? SANDBOX_NAMES[0], '--sandbox');
  set(['sandbox', 'scratch'], options.scratch, '--scratch');
  set(['sandbox', 'reuse'], options.reuse, '--reuse');
  set(['onFailure'], options.fallback === true ? 'fallback' : undefined, '--fallback');
  set(['baseline', 'fresh'], options.newBaseline, '--new-baseline');
  set(['objectives', 'rto'], options.rto, '--rto');
  set(['objectives', 'rpo'], options.rpo, '--rpo');
  options.checkSql?.forEach((sql, index) => set(['checks', checks + index], { name: nameOf(sql), sql }, '--check-sql'));
  set(['reports'], options.reports, '--reports');
  return overrides;
}

/** A query of an option is its own name, on one line and not too long for a table. */
function nameOf(sql: string): string {
  const line = sql.trim().replaceAll(/\s+/g, ' ');
  return shortened(line) || sql;
}

function repos(text: string): unknown {
  const keys = text.split(',').map((item) => number(item.trim()));
  return keys.length === 1 ? keys[0] : keys;
}

function targetOf(options: PlanOptions): { value: unknown; option: string } | null {
  const timeline = options.targetTimeline === undefined ? {} : { timeline: number(options.targetTimeline) };
  if (options.targetTime !== undefined)
    return { value: { ...timesOf(options.targetTime), ...timeline }, option: '--target-time' };
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

function timesOf(times: readonly string[]): object {
  return times.length === 1 ? { time: times[0] } : { ladder: times };
}

/** Refuses options that contradict each other: a drill has one recovery target. */
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
    throw new DrillError('plan-invalid', `${listOf(given)} cannot be used together: recovery stops at one target`, {
      hint: 'give one of them; --target-time alone may be given several times, and a plan may have targets of other kinds',
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
