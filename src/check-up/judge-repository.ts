import { isWhole, type VerifyResult } from '../pgbackrest/verify.ts';
import type { ClusterFacts, Fault, Promises, RepositoryFacts } from './facts.ts';
import { finding, isFindingCode, type Finding } from './finding-codes.ts';
import { walFindings } from './judge-wal.ts';
import { lastWindow, measuresOf, newestSet } from './measures.ts';
import { retentionStates, type RetentionState } from './retention.ts';
import { counted, duration, listed, moment, promised as promisedText } from './words.ts';

/** What is wrong with one repository. */
export function repositoryFindings(repository: RepositoryFacts, promised: Promises, now: Date): Finding[] {
  const { key, fault, leftBehind, clusters, verified } = repository;
  const [cluster] = clusters;
  if (fault !== null || cluster === undefined) {
    const why = fault ?? { code: 'look-failed', message: `nothing was found out about repository ${key}`, hint: null };
    return [ofFault(key, why), ...protectionFindings(repository), ...verifyFindings(key, verified)];
  }
  return [
    ...(leftBehind === null ? [] : [ofFault(key, leftBehind)]),
    ...measureFindings(repository, cluster, promised, now),
    ...retentionStates(
      clusters.flatMap(({ sets }) => sets),
      promised,
      now,
    ).flatMap((state) => retentionFindings(key, state)),
    ...pageFindings(key, cluster),
    ...clusters.flatMap((one) => walFindings(repository, one, promised, now)),
    ...lagFindings(repository, promised, now),
    ...protectionFindings(repository),
    ...verifyFindings(key, verified),
  ];
}

function ofFault(key: number | null, { code, message, hint }: Fault): Finding {
  return isFindingCode(code)
    ? finding(code, key, message, hint)
    : finding('look-failed', key, `${code}: ${message}`, hint);
}

function measureFindings(repository: RepositoryFacts, cluster: ClusterFacts, promised: Promises, now: Date): Finding[] {
  const { key } = repository;
  const { backupAge, rpo, recoverable } = measuresOf(repository, promised, now);
  const newest = newestSet(cluster.sets);
  const window = lastWindow(cluster);
  return [
    ...(newest !== null && backupAge.measuredMs === null
      ? [inFuture(key, `the backup set ${newest.label}`, newest.stoppedAt)]
      : []),
    ...(window !== null && rpo.measuredMs === null ? [inFuture(key, 'the newest WAL', window.to)] : []),
    ...(window === null && (rpo.objectiveMs ?? recoverable.objectiveMs) !== null
      ? [
          finding(
            'not-measured',
            key,
            'no window was found that could be recovered to, so nothing tells what was promised',
            null,
          ),
        ]
      : []),
    ...(backupAge.met === false
      ? [
          finding(
            'backup-too-old',
            key,
            `the newest backup, ${newest?.label ?? '?'}, is ${duration(backupAge.measuredMs ?? 0)} old; the objective is ${promisedText(backupAge.objectiveMs ?? 0)}`,
            'look into the log of the backup job',
          ),
        ]
      : []),
    ...(rpo.met === false && window !== null
      ? [
          finding(
            'rpo-missed',
            key,
            `the newest WAL that can be recovered, ${window.lastSegment ?? `that of ${window.fromSet}`}, was archived ${duration(rpo.measuredMs ?? 0)} ago; the objective is ${promisedText(rpo.objectiveMs ?? 0)}`,
            'look at pg_stat_archiver and the log of archive-push; an idle production archives nothing unless archive_timeout is set',
          ),
        ]
      : []),
    ...(recoverable.met === false && window !== null
      ? [
          finding(
            'recoverable-short',
            key,
            `without a hole only the ${duration(recoverable.measuredMs ?? 0)} from ${moment(window.from)} to ${moment(window.to)} can be recovered to; the objective is ${promisedText(recoverable.objectiveMs ?? 0)}`,
            'drill windows shows each stretch and what ends it; a larger retention keeps more',
          ),
        ]
      : []),
  ];
}

function inFuture(key: number, what: string, at: Date): Finding {
  return finding(
    'clock-doubtful',
    key,
    `${what} is dated ${moment(at)}, which lies in the future, so its age is not known`,
    'compare the clocks of this machine, of production and of the repository',
  );
}

function retentionFindings(key: number, { kind, promised, present, overdue }: RetentionState): Finding[] {
  const noun = kind === 'full' ? 'full backup set' : 'full or differential backup set';
  if (present < promised) {
    const text = `the repository holds ${counted(present, noun)}, and ${promised} were promised`;
    return [
      finding(
        'retention-short',
        key,
        text,
        'compare repo-retention-full and repo-retention-diff with the plan, and look when backups failed',
      ),
    ];
  }
  if (overdue.length === 0) return [];
  const text = `${counted(overdue.length, 'backup set')} beyond the ${promised} that were promised should have expired: ${listed(overdue)}`;
  return [
    finding(
      'retention-overdue',
      key,
      text,
      'look whether pgbackrest expire runs, and compare repo-retention-full with the plan',
    ),
  ];
}

/** Damaged pages in the newest set, or in one that it builds on, would be restored today. */
function pageFindings(key: number, { sets }: ClusterFacts): Finding[] {
  const newest = newestSet(sets);
  const chain = new Set(newest === null ? [] : [newest.label, ...newest.reference]);
  const bad = sets.filter(({ pageErrors }) => pageErrors === true).map(({ label }) => label);
  const inUse = bad.filter((label) => chain.has(label));
  const older = bad.filter((label) => !chain.has(label));
  const hint = 'pgbackrest info --set names the files; look at the backup log, and repair production';
  return [
    ...(inUse.length === 0 ? [] : [finding('backup-page-errors', key, damagedText(inUse), hint)]),
    ...(older.length === 0 ? [] : [finding('older-page-errors', key, damagedText(older), hint)]),
  ];
}

function damagedText(labels: readonly string[]): string {
  return `damaged pages were backed up with ${listed(labels)}`;
}

function protectionFindings({ key, protection }: RepositoryFacts): Finding[] {
  if (protection === null) return [];
  if ('code' in protection) return [finding('protection-unknown', key, protection.message, protection.hint)];
  const { versioning, objectLock } = protection;
  const hint = 'who gets hold of production may get hold of its key: versions and object lock outlive that';
  return [
    ...(versioning === 'enabled'
      ? []
      : [
          finding(
            'versioning-off',
            key,
            `the bucket of repository ${key} keeps no older versions of new files (versioning is ${versioning})`,
            hint,
          ),
        ]),
    ...(objectLock === null
      ? [finding('object-lock-off', key, `the bucket of repository ${key} locks no objects by default`, hint)]
      : []),
  ];
}

/** How long WAL may take from one repository to the other where no RPO was promised. */
const USUAL_LAG_MS = 15 * 60_000;

function lagFindings({ key, lag }: RepositoryFacts, { rpoMs }: Promises, now: Date): Finding[] {
  if (lag === null) return [];
  const behindMs = now.getTime() - lag.since.getTime();
  if (behindMs <= (rpoMs ?? USUAL_LAG_MS)) return [];
  return [
    finding(
      'repo-behind',
      key,
      `repository ${lag.leader} holds ${counted(lag.segments, 'WAL segment')} that repository ${key} does not, the first since ${moment(lag.since)}, ${duration(behindMs)} ago`,
      'look into the log of archive-push: one repository may refuse what the other takes',
    ),
  ];
}

function verifyFindings(key: number, verified: VerifyResult | Fault | null): Finding[] {
  if (verified === null) return [];
  const hint = 'the log of pgbackrest verify names each file; take a new full backup';
  if ('code' in verified)
    return [finding('verify-unknown', key, `pgbackrest verify: ${verified.message}`, verified.hint)];
  if (isWhole(verified)) return [];
  const { status, parts, remarks } = verified;
  const bad = parts.filter(({ checked, valid, faults }) => checked !== valid || faults.length > 0);
  if (status === null || (status === 'ok' && bad.length === 0)) {
    const said = remarks.length === 0 ? 'nothing' : `"${listed(remarks)}"`;
    return [
      finding(
        'verify-unknown',
        key,
        `pgbackrest verify said ${said}, which does not tell that anything was verified`,
        'run pgbackrest verify --output=text --verbose by hand',
      ),
    ];
  }
  const named = bad.map(
    ({ name, checked, valid, faults }) => `${name}: ${faults.join(', ') || `${checked - valid} of ${checked} invalid`}`,
  );
  return [finding('verify-failed', key, `pgbackrest verify found damage: ${listed([...named, ...remarks])}`, hint)];
}
