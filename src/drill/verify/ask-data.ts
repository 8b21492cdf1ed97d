import type { CheckContext } from '../../checks/check.ts';
import { noticesOf } from '../../checks/notices.ts';
import { STOP_AT_ERRORS } from '../../checks/kinds/command.ts';
import { runChecks } from '../../checks/run-checks.ts';
import { inspectDatabases, wholenessChecks, type Inspected } from '../../checks/wholeness.ts';
import type { DrillError } from '../../core/errors.ts';
import type { CheckReport } from '../../report/report.ts';
import type { Station } from '../../sandbox/sandbox.ts';
import type { Settled } from '../preflight/preflight.ts';
import type { Recovered } from '../recover/recovered.ts';
import { instantOf } from '../../core/instant.ts';
import { kindOf } from '../../targets/index.ts';
import type { Run } from '../run.ts';
import { closeServerLog } from '../recover/server-log.ts';
import { compareWithBaseline } from './baseline.ts';
import { compareWithProduction } from './compare.ts';
import { serverStruckDown, sessionStruckDown } from '../struck-down.ts';
import { blameOf } from '../why-ended.ts';
import { wasCutOff } from '../../postgres/struck-down.ts';
import { lookDeep } from './look-deep.ts';

/** More databases at once only wait for one another. */
const MOST_AT_ONCE = 8;

interface Copy {
  readonly recovered: Recovered;
  readonly station: Station;
  readonly ready: Settled;
}

/**
 * Asks of the recovered data what every run asks, then what the plan asks, and last how whole it is, since that writes to the copy and
 * may stop it.
 */
export async function askData(run: Run, copy: Copy): Promise<void> {
  const inspected = await askForWholeness(run, copy);
  await askAsPlanned(run, copy);
  const { goesToTheEnd } = kindOf(copy.ready.target);
  const open = inspected.databases.filter(({ refusal }) => refusal === null).map(({ name }) => name);
  await compareWithBaseline(run, { sessions: copy.recovered.sessions, databases: open }, goesToTheEnd);
  await lookDeep(run, copy, inspected);
}

async function askForWholeness({ record, signal }: Run, { recovered, ready }: Copy): Promise<Inspected> {
  const { sessions } = recovered;
  const atOnce = Math.min(ready.processMax, MOST_AT_ONCE);
  const inspected = await inspectDatabases(sessions, ready.binaries.major, atOnce, signal);
  const isCut = inspected.databases.some(({ refusal }) => refusal !== null && wasCutOff(refusal));
  const struck = isCut ? await sessionStruckDown(record) : null;
  if (struck) throw struck;
  record.checks.push(...wholenessChecks(inspected, sessions.endpoint.user));
  record.reasons.push(...(await noticesOf(inspected, sessions)));
  return inspected;
}

async function askAsPlanned(run: Run, { recovered, station, ready }: Copy): Promise<void> {
  const { record, services, signal } = run;
  const { checks, compare } = record.plan;
  if (compare?.redact || checks.some(({ redact }) => redact)) await closeServerLog(record, station, recovered.server);
  const psqlrc = `${station.paths.temp}/psqlrc`;
  await station.host.writeFile(psqlrc, STOP_AT_ERRORS, 0o600);
  const context = {
    host: station.host,
    psqlrc,
    sessions: recovered.sessions,
    reference: kindOf(ready.target).referenceMoment({
      ...ready,
      startedAt: record.startedAt,
      facts: recovered.log.facts,
    }),
    recovered: recoveredTo(record, ready, recovered),
    monotonicMs: () => services.clock.monotonicMs(),
    signal,
  };
  const planned = await runChecks(checks, context, (check) => services.emit({ kind: 'check-ended', check }));
  const compared = await compareWithProduction(run, ready.database.systemId, context);
  const reports = [...planned.reports, ...compared.reports];
  const { cause, unanswered } = await unansweredOf(record, reports);
  record.checks.push(...reports.map((report) => (cause && unanswered(report) ? unasked(report, cause) : report)));
  if (cause) throw cause;
  record.note({ beats: planned.beats });
  for (const { check, what, hint, code } of [...planned.lacks, ...compared.lacks])
    record.reasons.push({ code: code ?? 'environment-lacks', message: `${check}: ${what}`, phase: 'verify', hint });
}

function recoveredTo(
  { timeline, startedAt }: Run['record'],
  { target, backup }: Settled,
  { log, lastCommitAt }: Recovered,
): CheckContext['recovered'] {
  const { goesToTheEnd, reachedBy } = kindOf(target);
  return {
    toTheEnd: goesToTheEnd,
    beforeLaterCommit: reachedBy === 'stopped-before-later-commit',
    // A standby logs no last transaction, since its recovery does not end.
    lastCommitAt: log.facts.lastCommitAt ?? lastCommitAt,
    backupStoppedAt: instantOf(backup.stoppedAt),
    disasterAt: instantOf(timeline.startedAt('provision') ?? startedAt),
  };
}

interface Unanswered {
  /** What befell the sandbox, the copy or a session of it; null: nothing did, and whatever the checks say is about the data. */
  readonly cause: DrillError | null;
  readonly unanswered: (report: CheckReport) => boolean;
}

async function unansweredOf(record: Run['record'], reports: readonly CheckReport[]): Promise<Unanswered> {
  const isOpen = (report: CheckReport): boolean => ['error', 'skipped'].includes(report.status) || isDoubtful(report);
  const blamed = reports.some(isOpen) ? await blameOf(record) : null;
  if (blamed) return { cause: blamed, unanswered: isOpen };
  const unanswered = (report: CheckReport): boolean => isCutOff(report) || isDoubtful(report);
  if (reports.some(isCutOff)) return { cause: await sessionStruckDown(record), unanswered };
  return { cause: reports.some(isDoubtful) ? await serverStruckDown(record) : null, unanswered };
}

/** What the program of a critical check says is no answer of the copy: psql ends with the same status where there is nobody to ask. */
function isDoubtful({ severity, status, sql }: CheckReport): boolean {
  return severity === 'critical' && status === 'failed' && sql === null;
}

/** A critical check whose session, or whose server, was gone before it was answered. */
function isCutOff({ severity, status, message }: CheckReport): boolean {
  return severity === 'critical' && status === 'error' && message !== null && wasCutOff(message);
}

/** A check that broke with the sandbox, or with the copy, was not answered, and says nothing of the backup. */
function unasked(report: CheckReport, { message }: DrillError): CheckReport {
  return report.status === 'skipped' ? report : { ...report, status: 'skipped', observed: null, message };
}
