import type { Clock } from '../core/clock.ts';
import { asDrillError } from '../core/errors.ts';
import type { Redactor } from '../core/redact.ts';
import { clustersElsewhere, leftFor, notBackedUp, olderCluster } from '../drill/preflight/other-cluster.ts';
import { configurationFindings, readConfiguration } from '../drill/run-setup.ts';
import { chooseRunUser } from '../host/run-user.ts';
import { backupLocks } from '../pgbackrest/backup-lock.ts';
import type { StanzaInfo } from '../pgbackrest/info.ts';
import { needsNetwork, placeOf, repositoriesOf } from '../pgbackrest/repository.ts';
import { s3PlaceOf } from '../pgbackrest/s3-place.ts';
import { optionsFor, type UserConfig } from '../pgbackrest/user-config.ts';
import { pgBackRestVersion } from '../pgbackrest/version.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { isOnThisMachine } from '../sandbox/registry.ts';
import { withAccess } from './access.ts';
import type { Fault, RepositoryFacts, StanzaFacts } from './facts.ts';
import { lagOf } from './lag.ts';
import type { ClusterLook } from './look-cluster.ts';
import { askRepository, faultOf, lookAtClusters, verifyOne, type RepositoryInfo } from './look-repository.ts';

/** What is looked at, and how long that may take. */
export interface LookOptions {
  readonly plan: DrillPlan;
  /** Null: all that are configured. */
  readonly repos: readonly number[] | null;
  readonly verify: boolean;
  /** Asks buckets of S3 as well. */
  readonly protection: boolean;
  /** Null: as long as it takes. */
  readonly timeoutMs: number | null;
}

/** What looking needs from outside. */
export interface LookServices {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * Looks at the repositories of a stanza from this machine, wherever drills of the plan happen. Restores nothing, writes to no
 * repository and takes no lock. A repository that cannot be looked at is a fact of its own; throws for what concerns all: the
 * configuration, pgBackRest itself, a signal.
 */
export async function lookAtStanza(options: LookOptions, services: LookServices): Promise<StanzaFacts> {
  const { plan, repos } = options;
  const { stanza } = plan.source;
  const wanted = repos ?? [null];
  const [config] = wanted.map((repo) => readConfiguration({ ...plan, source: { ...plan.source, repo } }, services));
  if (config === undefined) throw new Error('no repository was asked for');
  const restoreOptions = optionsFor(config, stanza, 'restore');
  const configured = repositoriesOf(restoreOptions).filter(({ key }) => repos === null || repos.includes(key));
  const onDisk = configured.filter((repository) => !needsNetwork(repository)).map(({ path }) => path);
  const user = chooseRunUser(
    isOnThisMachine(plan.sandbox) && 'runAs' in plan.sandbox ? (plan.sandbox.runAs ?? null) : null,
    onDisk,
  );
  return withAccess({ config, stanza, user, env: services.env }, async ({ host, programFor }) => {
    const version = await pgBackRestVersion(host);
    const signal = signalOf(options, services);
    const asked = await Promise.all(
      configured.map(async ({ key }) => askRepository(key, await programFor(key), signal)),
    );
    const found = await lookAtAll(asked, options, { config, signal, now: services.clock.now() });
    return {
      stanza,
      now: services.clock.now(),
      version: version.text,
      remarks: configurationFindings(config, stanza).map(({ code, message, hint }) => ({ code, message, hint })),
      locks: backupLocks(config, stanza),
      repositories: configured.map(({ key, type, host: server, cipher }): RepositoryFacts => {
        const one = found.get(key) ?? NOTHING;
        const place = placeOf({ key, host: server }, restoreOptions);
        return { key, type, host: server, location: place.location, ...one, cipher: one.cipher ?? cipher };
      }),
    };
  });
}

function signalOf({ timeoutMs }: LookOptions, { signal }: LookServices): AbortSignal {
  return timeoutMs === null ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
}

type Found = Pick<RepositoryFacts, 'protection' | 'fault' | 'leftBehind' | 'clusters' | 'lag' | 'verified' | 'cipher'>;

const NOTHING: Found = {
  protection: null,
  fault: null,
  leftBehind: null,
  clusters: [],
  lag: null,
  verified: null,
  cipher: null,
};

interface Looking {
  readonly config: UserConfig;
  readonly signal: AbortSignal;
  readonly now: Date;
}

async function lookAtAll(
  asked: readonly RepositoryInfo[],
  options: LookOptions,
  looking: Looking,
): Promise<ReadonlyMap<number, Found>> {
  const everywhere = merged(asked);
  const looks = new Map<number, readonly ClusterLook[]>();
  const found = new Map<number, Found>();
  for (const repository of asked) {
    const one = await lookAtOne(repository, everywhere, options, looking);
    // The listings of older clusters are not held any longer: they may be large.
    looks.set(repository.key, one.looks.slice(0, 1));
    found.set(repository.key, one.found);
  }
  const archives = [...looks].flatMap(([repo, [newest]]) => (newest === undefined ? [] : [{ repo, ...newest }]));
  for (const own of archives) {
    const facts = found.get(own.repo) ?? NOTHING;
    found.set(own.repo, { ...facts, lag: lagOf(own, archives) });
  }
  return found;
}

async function lookAtOne(
  repository: RepositoryInfo,
  everywhere: StanzaInfo,
  { plan, verify, protection: isAsked }: LookOptions,
  { config, signal, now }: Looking,
): Promise<{ looks: readonly ClusterLook[]; found: Found }> {
  const { info, key } = repository;
  const cipher = info?.repos.find((repo) => repo.key === key)?.cipher ?? null;
  const verified = verify && info !== null ? await verifyOne(repository, plan.source.processMax ?? 1, signal) : null;
  const protection = isAsked
    ? await protectionOf(key, optionsFor(config, plan.source.stanza, 'restore'), signal)
    : null;
  const base = { ...NOTHING, cipher, verified, protection };
  if (repository.fault !== null) return { looks: [], found: { ...base, fault: repository.fault } };
  try {
    const mayThin = maySkipWal(config, plan.source.stanza, key);
    const about = { everywhere, choice: plan.timeline, mayThin, now, signal };
    const first = await lookAtClusters({ ...about, repository });
    const again = lacksSomething(first) ? await changed(repository, signal) : null;
    const looks = again === null ? first : await lookAtClusters({ ...about, repository: again });
    const clusters = looks.map(({ facts }) => facts);
    return { looks, found: { ...base, leftBehind: leftBehind(again ?? repository, everywhere), clusters } };
  } catch (error) {
    return { looks: [], found: { ...base, fault: faultOf(error, signal) } };
  }
}

function lacksSomething(looks: readonly ClusterLook[]): boolean {
  return looks.some(
    ({ facts }) => facts.notThere.length > 0 || facts.branches.some(({ unusable }) => unusable.length > 0),
  );
}

/** What the repository holds now, where sets were expired while it was looked at; null: it still lists them all. */
async function changed(before: RepositoryInfo, signal: AbortSignal): Promise<RepositoryInfo | null> {
  const now = await askRepository(before.key, before.pgbackrest, signal);
  const labels = new Set(now.info?.backups.map(({ label }) => label));
  return before.info?.backups.every(({ label }) => labels.has(label)) === true ? null : now;
}

async function protectionOf(
  key: number,
  options: ReadonlyMap<string, readonly string[]>,
  signal: AbortSignal,
): Promise<RepositoryFacts['protection']> {
  const repository = repositoriesOf(options).find((one) => one.key === key);
  const place = repository === undefined ? null : s3PlaceOf(repository, options);
  if (place === null) return null;
  const { bucketProtection } = await import('./s3-bucket.ts');
  return bucketProtection(place, signal).catch((error: unknown) => faultOf(error, signal));
}

/**
 * Without retention-archive each WAL segment is kept as long as the sets before it (2.45). Where this configuration does not name
 * it, missing WAL is taken for lost: a drill machine may not know better, and somebody has to.
 */
function maySkipWal(config: UserConfig, stanza: string, key: number): boolean {
  return optionsFor(config, stanza, 'expire').has(`repo${key}-retention-archive`);
}

/** Why the newest backup saves nobody: production has become another cluster since. */
function leftBehind({ info }: RepositoryInfo, everywhere: StanzaInfo): Fault | null {
  const newest = info?.backups.toSorted((a, b) => b.stoppedAt.getTime() - a.stoppedAt.getTime())[0];
  const own = info?.databases.find(({ id }) => id === newest?.databaseId);
  if (!info || !newest || !own) return null;
  const cluster = olderCluster(info, newest) ?? leftFor(newest, own, clustersElsewhere(everywhere, newest));
  const error = cluster === null ? null : asDrillError(notBackedUp(cluster, newest));
  return error && { code: error.code, message: error.message, hint: 'take a full backup of the new cluster' };
}

function merged(asked: readonly RepositoryInfo[]): StanzaInfo {
  const all = asked.flatMap(({ info }) => info ?? []);
  return {
    backups: all.flatMap(({ backups }) => backups),
    databases: all.flatMap(({ databases }) => databases),
    archives: all.flatMap(({ archives }) => archives),
    repos: all.flatMap(({ repos }) => repos),
  };
}
