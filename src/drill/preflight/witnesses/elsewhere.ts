import { listArchive } from '../../../pgbackrest/archive.ts';
import type { StanzaInfo } from '../../../pgbackrest/info.ts';
import { readInfo } from '../../../pgbackrest/info.ts';
import type { PgBackRest } from '../../../pgbackrest/pgbackrest.ts';
import { historyFile } from '../../../pgbackrest/histories.ts';
import type { WalFault } from './wal-fault.ts';

interface Elsewhere {
  /** The other repositories of the configuration. */
  readonly repositories: readonly number[];
  /** A pgBackRest that is configured for one of them. */
  readonly programFor: (repo: number) => Promise<PgBackRest>;
  readonly systemId: string;
  readonly signal: AbortSignal;
}

/** A repository that does not answer must not hold up the message about the one that was drilled. */
const PATIENCE_MS = 30_000;

/** The fault, with the repositories that hold the missing file; those that cannot be read say nothing. */
export async function tellElsewhere(fault: WalFault, where: Elsewhere): Promise<WalFault> {
  const { missing } = fault;
  if (missing === null) return fault;
  const elsewhere = new Map<number, boolean>();
  for (const repo of where.repositories) {
    const found = await holds(missing, repo, where).catch(() => null);
    if (found !== null) elsewhere.set(repo, found);
  }
  const holders = where.repositories.filter((repo) => elsewhere.get(repo));
  const [first] = holders;
  if (first === undefined) return { ...fault, elsewhere };
  return {
    ...fault,
    elsewhere,
    message: `${fault.message}; repository ${holders.join(' and ')} holds it`,
    hint: `drill with --repo ${first}; then copy what is missing, or take a new backup into the repository that lacks it`,
  };
}

/** Null: the repository tells of no such cluster. It may only be out of sight, where the plan names another one. */
async function holds(file: string, repo: number, { programFor, systemId, signal }: Elsewhere): Promise<boolean | null> {
  const patient = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const program = await programFor(repo);
  const archiveId = archiveIdOf(await readInfo(program, patient), repo, systemId);
  if (archiveId === null) return null;
  const { segments, histories } = await listArchive(program, repo, archiveId, patient);
  return segments.has(file) || histories.some((timeline) => historyFile(timeline) === file);
}

function archiveIdOf({ databases, archives }: StanzaInfo, repo: number, systemId: string): string | null {
  const database = databases.find((one) => one.repo === repo && one.systemId === systemId);
  return archives.find((one) => one.repo === repo && one.databaseId === database?.id)?.id ?? null;
}
