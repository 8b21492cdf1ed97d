import type { BranchFacts, ClusterFacts, Promises, RepositoryFacts } from './facts.ts';
import { finding, isFindingCode, type Finding, type FindingCode } from './finding-codes.ts';
import { holeText } from './hole-text.ts';
import { listed, moment } from './words.ts';
import type { WindowHole } from './windows.ts';

const LOOK_FOR_IT =
  'look for the segments in the pg_wal directories and other repositories; if retention-archive takes them out on purpose, name repoN-retention-archive in this configuration as well';

/** What is wrong with the WAL of a cluster, and with the sets that need it. */
export function walFindings({ key }: RepositoryFacts, cluster: ClusterFacts, promised: Promises, now: Date): Finding[] {
  const { archiveFault, warnings, overtaken, branches } = cluster;
  const wanted = branches.filter(({ isWanted }) => isWanted);
  const faults = archiveFault === null ? [] : [archiveFault, ...warnings];
  return [
    ...(archiveFault === null ? warnings : faults).flatMap(({ code, message, hint }) =>
      isFindingCode(code)
        ? [finding(code, key, message, hint)]
        : [finding('look-failed', key, `${code}: ${message}`, hint)],
    ),
    ...(overtaken === null ? [] : [lateFinding(key, overtaken)]),
    ...wanted.flatMap((branch) => holeFindings(key, branch, promised, now)),
    ...unusableFindings(key, branches),
    ...notThereFindings(key, cluster),
  ];
}

function lateFinding(key: number, { missing, next, nextAt }: NonNullable<ClusterFacts['overtaken']>): Finding {
  return finding(
    'wal-late',
    key,
    `WAL segment ${missing} is not in the archive yet, though ${next} is, archived at ${moment(nextAt)}: pushes may overtake one another`,
    'if it does not come within minutes, it is missing: look into the log of archive-push',
  );
}

/**
 * Holes between windows, one finding a kind: the newest in words, the others counted. What comes after the last window is the
 * archive's own fault, which was judged as a drill would.
 */
function holeFindings(key: number, { holes }: BranchFacts, { recoverableMs }: Promises, now: Date): Finding[] {
  const inside = holes.flatMap((hole) => {
    if (hole.from === null || hole.to === null) return [];
    const isOld = recoverableMs !== null && hole.to.getTime() <= now.getTime() - recoverableMs;
    const text = holeText({ ...hole, from: hole.from.toISOString(), to: hole.to.toISOString() });
    return [{ hole, code: codeOf(hole, isOld), text }];
  });
  return [...Map.groupBy(inside, ({ code }) => code)].flatMap(([code, alike]) => {
    const newest = alike.at(-1);
    if (newest === undefined) return [];
    const more =
      alike.length === 1 ? '' : `; ${alike.length - 1} such ${alike.length === 2 ? 'hole' : 'holes'} before it`;
    return [finding(code, key, `${newest.text}${more}`, hintFor(newest.hole))];
  });
}

function codeOf({ cause }: WindowHole, isOld: boolean): FindingCode {
  if (cause === 'missing') return isOld ? 'older-wal-missing' : 'wal-missing';
  return cause === 'expired' ? 'wal-expired' : 'wal-duplicate';
}

function hintFor({ cause }: WindowHole): string {
  if (cause === 'expired') return 'a larger repo-retention-archive keeps the WAL';
  return cause === 'duplicate' ? 'find out which of the files is that of production' : LOOK_FOR_IT;
}

function unusableFindings(key: number, branches: readonly BranchFacts[]): Finding[] {
  const missing = new Map(branches.flatMap(({ unusable }) => unusable.map((set) => [set.label, set.missing] as const)));
  const [first] = missing;
  if (first === undefined) return [];
  const [label, segment] = first;
  const what =
    missing.size === 1
      ? `the backup set ${label} cannot become consistent: its WAL segment ${segment} is not in the archive`
      : `${missing.size} backup sets cannot become consistent, since WAL of their own is not in the archive: ${listed([...missing.keys()])}`;
  return [finding('set-unusable', key, what, 'take a new backup, and look for what removed the WAL')];
}

function notThereFindings(key: number, { notThere }: ClusterFacts): Finding[] {
  if (notThere.length === 0) return [];
  const labels = listed(notThere.map(({ label }) => label));
  const gone = [...new Set(notThere.map(({ missing }) => missing))];
  return [
    finding(
      'backup-file-missing',
      key,
      `backup.info lists ${labels}, but the repository does not hold ${listed(gone)}`,
      'pgBackRest removes no such file alone: look for a lifecycle rule of the bucket, a clean-up job or a sync that deletes; then take a new full backup',
    ),
  ];
}
