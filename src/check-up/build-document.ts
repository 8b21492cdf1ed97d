import type { BackupSet } from '../pgbackrest/info.ts';
import { isWhole } from '../pgbackrest/verify.ts';
import type { CheckUp, CheckedBranch, CheckedRepository } from './document.ts';
import type { ClusterFacts, Promises, RepositoryFacts, StanzaFacts } from './facts.ts';
import { worstLevel } from './finding-codes.ts';
import { judge } from './judge.ts';
import { ageMs, measuresOf, newestSet } from './measures.ts';

/** Everything that was found, judged by what was promised. */
export function checkUpOf(
  facts: StanzaFacts,
  promised: Promises,
  about: { readonly name: string; readonly durationMs: number },
): CheckUp {
  const findings = judge(facts, promised);
  return {
    schemaVersion: 1,
    name: about.name,
    stanza: facts.stanza,
    lookedAt: facts.now.toISOString(),
    durationMs: Math.round(about.durationMs),
    level: worstLevel(findings.map(({ level }) => level)),
    pgbackrest: facts.version,
    findings,
    locks: facts.locks && facts.locks.map(({ path, pid, heldMs }) => ({ path, pid, heldMs })),
    repositories: facts.repositories.map((repository) => repositoryOf(repository, promised, facts.now)),
  };
}

function repositoryOf(facts: RepositoryFacts, promised: Promises, now: Date): CheckedRepository {
  const { key, type, host, location, cipher, fault, clusters, lag, protection, verified } = facts;
  const [cluster = null] = clusters;
  const sets = cluster === null ? null : clusters.flatMap((one) => one.sets);
  const newest = cluster?.archive.newest ?? null;
  return {
    key,
    type,
    host,
    location,
    cipher,
    lookedAt: fault === null && cluster !== null,
    cluster: cluster && { archiveId: cluster.archiveId, postgres: cluster.version, systemId: cluster.systemId },
    backups: {
      count: sets?.length ?? null,
      full: lastOf('full', sets, now),
      diff: lastOf('diff', sets, now),
      incr: lastOf('incr', sets, now),
      withPageErrors: (sets ?? []).filter(({ pageErrors }) => pageErrors === true).map(({ label }) => label),
    },
    retention: retentionOf(sets, promised),
    archive: {
      segments: cluster?.archive.segments ?? null,
      newest: newest?.name ?? null,
      newestAt: newest?.archivedAt.toISOString() ?? null,
      newestAgeMs: newest && ageMs(newest.archivedAt, now),
    },
    ...measuresOf(facts, promised, now),
    branches: clusters.flatMap(branchesOf),
    behind: lag && { leader: lag.leader, segments: lag.segments, since: lag.since.toISOString() },
    protection:
      protection === null || 'code' in protection
        ? null
        : { versioning: protection.versioning, objectLock: protection.objectLock && { ...protection.objectLock } },
    verified:
      verified === null || 'code' in verified
        ? null
        : {
            status: verified.status,
            isWhole: isWhole(verified),
            parts: verified.parts.map((part) => ({ ...part, faults: [...part.faults] })),
          },
  };
}

type LastSet = CheckedRepository['backups']['full'];

function lastOf(type: BackupSet['type'], sets: readonly BackupSet[] | null, now: Date): LastSet {
  const newest = newestSet((sets ?? []).filter((set) => set.type === type));
  return (
    newest && { label: newest.label, stoppedAt: newest.stoppedAt.toISOString(), ageMs: ageMs(newest.stoppedAt, now) }
  );
}

function retentionOf(sets: readonly BackupSet[] | null, { retention }: Promises): CheckedRepository['retention'] {
  const count = (isCounted: (set: BackupSet) => boolean): number | null => sets && sets.filter(isCounted).length;
  return {
    full: { present: count(({ type }) => type === 'full'), promised: retention?.full ?? null },
    diff: { present: count(({ type }) => type !== 'incr'), promised: retention?.diff ?? null },
  };
}

function branchesOf({ archiveId, branches }: ClusterFacts): CheckedBranch[] {
  return branches.map(({ timeline, isWanted, windows, holes, unusable }) => ({
    archiveId,
    timeline,
    isWanted,
    windows: windows.map((window) => ({
      ...window,
      from: window.from.toISOString(),
      to: window.to.toISOString(),
      knownTo: window.knownTo.toISOString(),
    })),
    holes: holes.map((hole) => ({
      ...hole,
      from: hole.from?.toISOString() ?? null,
      to: hole.to?.toISOString() ?? null,
    })),
    unusable: unusable.map(({ label, missing }) => ({ label, missing })),
  }));
}
