import { REASON_CODES } from '../../core/reason-codes.ts';
import { splitChecks } from '../../report/document/checks.ts';
import { objectiveLines } from '../../report/document/objectives.ts';
import { isWarning, orderedReasons } from '../../report/document/reasons.ts';
import { fallbackText } from '../../report/document/fallback.ts';
import { capital, counted, durationText, minuteText, promisedText, sentence } from '../../report/document/words.ts';
import { verdictText } from '../../report/document/verdict.ts';
import type { DrillReport } from '../../report/report.ts';
import { visible } from '../../report/visible.ts';
import type { EndBefore } from '../../store/ledger/index-answers.ts';
import type { Message } from '../message.ts';

const MEANINGS: Readonly<Record<string, { readonly means: string }>> = REASON_CODES;

/** What a code means, in words of our own: the message of a reason may quote restored data. */
export function meaningOf(code: string): string {
  return (Object.hasOwn(MEANINGS, code) ? MEANINGS[code]?.means : undefined) ?? 'The report says more.';
}

/** What is known of a run beside its report. */
interface AboutRun {
  readonly id: string;
  /** Where its report lies. */
  readonly folder: string;
  readonly before: EndBefore | null;
}

/** More reasons and checks than this are only counted. */
const MOST_LISTED = 8;

/**
 * A run that has ended. Of its report only fields that cannot hold a value of restored data are taken: codes, the names that a plan
 * gives its checks, figures, and what pgBackRest calls its backups.
 */
export function runMessage(report: DrillReport, { id, folder, before }: AboutRun): Message {
  return {
    id,
    about: 'run',
    drill: report.drill,
    state: report.verdict,
    tone: report.verdict === 'passed' ? 'good' : report.verdict === 'failed' ? 'bad' : 'warning',
    title: titleOf(report, before),
    lines: [
      ...beforeLines(before),
      ...reasonLines(report),
      ...checkLines(report),
      ...figureLines(report),
      ...sourceLines(report),
      ...fallbackLines(report),
      placeLine(report, folder),
    ],
    at: report.finishedAt,
    host: report.environment.host,
    exitStatus: exitStatusOf(report),
    log: logOf(report),
    details: detailsOf(report, folder),
  };
}

function titleOf(report: DrillReport, before: EndBefore | null): string {
  const { verdict, drill } = report;
  const [first] = orderedReasons(report.reasons).filter((reason) => !isWarning(reason));
  const repo = report.source.repo === null || report.copies.length < 2 ? '' : `, repository ${report.source.repo.key}`;
  const again = verdict === 'passed' && before !== null && before.state !== 'passed' ? ' again' : '';
  return `${verdictText(report).toUpperCase()}${again}: ${drill}${repo}${first ? ` (${first.code})` : ''}`;
}

/** What happened before, where it was no run that passed: nobody was there to tell it. */
function beforeLines(before: EndBefore | null): string[] {
  if (before === null) return [];
  const when = minuteText(before.at);
  if (before.state === 'lost')
    return [`The run before it, ${before.run ?? '?'} of ${when}, was killed and has no report.`];
  return before.state === 'missed' ? [`Before it, it was due at ${when} and did not run.`] : [];
}

function reasonLines({ reasons }: DrillReport): string[] {
  const lines = orderedReasons(reasons).map(({ code, phase }) => {
    const where = phase === null ? '' : ` (${phase})`;
    return `${code}${where}: ${meaningOf(code)}`;
  });
  return listed([...new Set(lines)], 'more reason');
}

/** Names of databases and relations come from the data; so of what every run asks, only the number is told. */
function checkLines({ checks }: DrillReport): string[] {
  const { own, wholeness, isolation } = splitChecks(checks);
  const names = own
    .filter(({ status }) => status !== 'passed')
    .map((check) => `Check ${check.status}: ${nameOf(check)}`);
  const asserted = [...wholeness, ...isolation].filter(({ status }) => status !== 'passed');
  const lacking = asserted.length === 0 ? [] : [`${counted(asserted.length, 'assertion')} of every run did not hold.`];
  const passed = own.length === 0 ? [] : [`${own.length - names.length} of ${counted(own.length, 'check')} passed.`];
  return [...listed(names, 'more check'), ...lacking, ...passed];
}

/** A query that was given as an option is its own name, and may hold anything. */
function nameOf({ name, sql }: DrillReport['checks'][number]): string {
  const isQuery = sql !== null && sql.trim().replaceAll(/\s+/g, ' ').startsWith(name.replace(/…$/, ''));
  return isQuery ? 'a query of the command line' : visible(name.replaceAll(/\s+/g, ' '));
}

function listed(lines: readonly string[], more: string): string[] {
  const rest = lines.length - MOST_LISTED;
  return rest <= 0 ? [...lines] : [...lines.slice(0, MOST_LISTED), `and ${counted(rest, more)}`];
}

function figureLines(report: DrillReport): string[] {
  return objectiveLines(report)
    .filter(({ measuredMs, objectiveMs, applies }) => applies && (measuredMs !== null || objectiveMs !== null))
    .map(({ name, measured, objectiveMs, met }) => {
      const promised = objectiveMs === null ? '' : `, promised ${promisedText(objectiveMs)}`;
      const verdict = objectiveMs === null || met === null ? '' : met ? ': met' : ': MISSED';
      return `${name} ${measured}${promised}${verdict}`;
    });
}

function sourceLines({ source: { stanza, backup, repo } }: DrillReport): string[] {
  const from = repo === null ? '' : `, repository ${repo.key}`;
  if (backup === null) return [`Stanza ${visible(stanza)}${from}`];
  return [`Backup ${backup.label} (${backup.type}) of stanza ${visible(stanza)}${from}`];
}

/** It says nothing but labels, codes and numbers of repositories. */
function fallbackLines({ fallback }: DrillReport): string[] {
  if (fallback === null) return [];
  return [
    sentence(capital(fallbackText(fallback))),
    ...(fallback.tried ? ['What comes of it is told by a message of its own.'] : []),
  ];
}

/** Which run it is, where it was, and where its report lies. */
export function placeLine({ runId, record, trigger, environment }: DrillReport, folder: string): string {
  const number = record.number === null ? '' : `, number ${record.number}`;
  return `Run ${runId}${number}, ${trigger.kind}, on ${environment.host}; report: ${folder}/report.md`;
}

const STATUS = { passed: 0, failed: 1, inconclusive: 3, cancelled: 130 } as const;

/** As docs/exit-statuses.md has them; which signal ended a run is not known here. */
function exitStatusOf({ verdict, cleanup }: DrillReport): number {
  return verdict === 'passed' && !cleanup.done ? 4 : STATUS[verdict];
}

/** Programs by their names alone: their other words may be queries. */
function logOf({ phases, commands }: DrillReport): string[] {
  return phases.flatMap(({ id, status, startedAt, durationMs }) => [
    `${startedAt ?? '-'} ${id}: ${status}${durationMs === null ? '' : `, ${durationText(durationMs)}`}`,
    ...commands
      .filter(({ phase, exitCode }) => phase === id && exitCode !== 0)
      .slice(0, MOST_LISTED)
      .map(({ argv, exitCode }) => `  ${programOf(argv)} ended with ${exitCode ?? 'a signal'}`),
  ]);
}

function programOf(argv: readonly string[]): string {
  return visible((argv[0] ?? '?').split('/').at(-1) ?? '?');
}

/** The report for programs, in the words of its schema, without what may hold restored data. */
function detailsOf(report: DrillReport, folder: string): Message['details'] {
  const { source, rto, rpo, backupAge, checks, cleanup } = report;
  const { backup, repo } = source;
  return {
    report: {
      schemaVersion: report.schemaVersion,
      runId: report.runId,
      drill: report.drill,
      verdict: report.verdict,
      reasons: report.reasons.map(({ code, phase }) => ({ code, message: meaningOf(code), phase })),
      startedAt: report.startedAt,
      finishedAt: report.finishedAt,
      record: report.record,
      trigger: { kind: report.trigger.kind },
      source: {
        stanza: source.stanza,
        repo: repo && { key: repo.key, type: repo.type },
        backup: backup && {
          label: backup.label,
          type: backup.type,
          startedAt: backup.startedAt,
          stoppedAt: backup.stoppedAt,
          sizeBytes: backup.sizeBytes,
          ageMs: backup.ageMs,
        },
      },
      target: { type: report.target.type },
      sandbox: { kind: report.sandbox.kind },
      phases: report.phases,
      rto: { measuredMs: rto.measuredMs, objectiveMs: rto.objectiveMs, met: rto.met },
      rpo: { measuredMs: rpo.measuredMs, objectiveMs: rpo.objectiveMs, met: rpo.met, upperBound: rpo.upperBound },
      backupAge: { measuredMs: backupAge.measuredMs, objectiveMs: backupAge.objectiveMs, met: backupAge.met },
      checks: splitChecks(checks).own.map((check) => ({
        name: nameOf(check),
        kind: check.kind,
        severity: check.severity,
        status: check.status,
        durationMs: check.durationMs,
      })),
      cleanup: { done: cleanup.done },
      fallback: report.fallback,
      environment: { host: report.environment.host, pgdrill: report.environment.pgdrill },
      controls: report.controls,
    },
    folder,
  };
}
