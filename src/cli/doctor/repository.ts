import { withAccess } from '../../check-up/access.ts';
import { asDrillError, messageOf, type DrillError } from '../../core/errors.ts';
import { formatDuration } from '../../core/duration.ts';
import type { RunUser } from '../../host/run-user.ts';
import { refuseInvalid, unknownOptions } from '../../pgbackrest/config-problems.ts';
import { isUnreadable, readInfo, type BackupSet, type StanzaInfo } from '../../pgbackrest/info.ts';
import type { UserConfig } from '../../pgbackrest/user-config.ts';
import { whyUnreadable } from '../../pgbackrest/repository-fault.ts';
import type { Finding } from '../../sandbox/findings.ts';

const LONGEST_LOOK_MS = 60_000;

/** What the repositories of each stanza hold, asked of them as a drill would: that a machine is ready is not known before. */
export function repositoryFindings(config: UserConfig, stanzas: readonly string[], user: RunUser): Promise<Finding[]> {
  return Promise.all(stanzas.map((stanza) => repositoryFinding(config, stanza, user)));
}

async function repositoryFinding(config: UserConfig, stanza: string, user: RunUser): Promise<Finding> {
  const what = `backups of ${stanza}`;
  try {
    refuseInvalid(config, stanza);
    return judge(what, await askedOf(config, stanza, user), unknownOptions(config, stanza)[0]?.what ?? null);
  } catch (error) {
    const fix = asDrillError(error)?.hint ?? 'try pgbackrest info with the same configuration on this machine';
    return { what, ok: false, detail: messageOf(error), fix };
  }
}

/** What a stanza holds, and why one of its repositories cannot be read; null: all can. */
interface Asked extends StanzaInfo {
  readonly fault: DrillError | null;
}

function judge(what: string, { backups, repos, fault }: Asked, unknown: string | null): Finding {
  const lacking = (detail: string, fix: string): Finding => ({ what, ok: false, detail, fix });
  if (fault)
    return lacking(fault.message, fault.hint ?? 'try pgbackrest info with the same configuration on this machine');
  const newest = backups.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime()).at(-1);
  if (!newest) return lacking('the repository holds none', 'take a full backup');
  if (unknown !== null) return lacking(`${unknown} is not known`, 'correct it, or take it out');
  return { what, ok: true, detail: repos.map(({ key }) => repositoryText(key, backups)).join('; '), fix: null };
}

function repositoryText(key: number, backups: readonly BackupSet[]): string {
  const own = backups
    .filter(({ repo }) => repo === key)
    .toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime());
  const newest = own.at(-1);
  if (!newest) return `repository ${key} was read: no backup`;
  const age = formatDuration(Math.max(0, Date.now() - newest.stoppedAt.getTime()));
  return `repository ${key} was read: ${own.length} backup${own.length === 1 ? '' : 's'}, the newest ${newest.label} is ${age} old`;
}

/** Asked with a configuration of its own, as in a drill, which is gone afterwards. */
function askedOf(config: UserConfig, stanza: string, user: RunUser): Promise<Asked> {
  return withAccess({ config, stanza, user, env: process.env }, async ({ programFor }) => {
    const pgbackrest = await programFor(null);
    const signal = AbortSignal.timeout(LONGEST_LOOK_MS);
    const info = await readInfo(pgbackrest, signal);
    const bad = info.repos.find(isUnreadable);
    return { ...info, fault: bad ? await whyUnreadable(bad, pgbackrest, signal) : null };
  });
}
