import { partOf } from '../../checks/integrity/parts.ts';
import type { UserConfig } from '../../pgbackrest/user-config.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { localesLacking } from '../../postgres/catalog-files.ts';
import { libcVersion, readInstallation } from '../../postgres/installation.ts';
import { preloaded } from '../../postgres/preload.ts';
import type { PreparedSandbox } from '../../sandbox/sandbox.ts';
import { kindOf } from '../../targets/index.ts';
import { reserveOf } from '../preflight/feasibility.ts';
import { localProduction, type Preflight } from '../preflight/preflight.ts';
import type { Answer, MachineFacts, ParityFacts } from './facts.ts';
import { AFTER_RESTORE } from './item.ts';
import { ONCE_THERE } from './judge-programs.ts';
import { orWhy } from './or-why.ts';
import { productionHere, type SeenHere } from './production-here.ts';
import { lookIntoSet, type SetLook } from './set.ts';

interface ParityInput {
  readonly plan: DrillPlan;
  readonly config: UserConfig;
  readonly sandbox: PreparedSandbox;
  readonly ready: Preflight;
  readonly signal: AbortSignal;
}

/** Asks the backup set, the machine of the drill, and the files of a production that is there, what the list is made of. */
export async function lookAtParity(input: ParityInput): Promise<ParityFacts> {
  const { plan, config, sandbox, ready, signal } = input;
  const { binaries, database, neededBytes, freeBytes } = ready;
  const reserveBytes = reserveOf(plan, ready);
  // The disk may be production's as well.
  const hindrance = freeBytes !== null && freeBytes < neededBytes + reserveBytes ? NO_ROOM : null;
  const set = await lookIntoSet(ready, { directory: `${sandbox.paths.spool}/parity`, hindrance }, { signal });
  const inImage = sandbox.facts.container !== null;
  const { host } = sandbox;
  const { systemId } = database;
  const directories = localProduction(config, plan.source.stanza);
  const standby = kindOf(ready.target).staysInRecovery;
  const production =
    sandbox.isLookout || binaries === null
      ? null
      : await productionHere({ host, binaries, directories, systemId, inImage });
  const { contents } = set;
  return {
    major: Number.parseInt(database.version, 10),
    inImage,
    pgbackrest: { reads: ready.version.text, wrote: 'is' in contents ? contents.is.writtenBy : null },
    machine: await askMachine(input, set),
    set: set.facts,
    preload: preloadOf(set, production),
    extensions: set.extensions,
    tablespaces: 'is' in contents ? { is: contents.is.tablespaces } : contents,
    links: 'is' in contents ? { is: contents.is.links } : contents,
    production,
    plan: {
      preload: preloaded(plan.sandbox.preload.join(',')),
      settings: plan.sandbox.settings,
      standby,
      // A standby takes none.
      examinesWith: standby ? [] : extensionsFor(plan),
    },
    room: {
      path: (sandbox.isLookout ? sandbox.sitePaths : sandbox.paths).root.replace(/\/[^/]+$/, ''),
      neededBytes,
      reserveBytes,
      freeBytes,
    },
  };
}

function extensionsFor({ integrity }: DrillPlan): string[] {
  return (integrity?.parts ?? []).flatMap(({ id }) => partOf(id).extensions ?? []);
}

const NO_ROOM = { why: 'there is no room to look into the set', when: null };

/** The host that does the drill; a lookout is none. */
async function askMachine({ sandbox, ready, signal }: ParityInput, set: SetLook): Promise<Answer<MachineFacts>> {
  if (sandbox.isLookout) return { why: '', when: ONCE_THERE };
  const { host } = sandbox;
  const { binaries } = ready;
  const nothing = { libraries: null, extensions: null, hasIcu: null };
  return orWhy({ signal }, AFTER_RESTORE, async () => {
    const [installation, libc, lackingLocales] = await Promise.all([
      binaries === null ? nothing : readInstallation(host, binaries),
      libcVersion(host),
      'is' in set.facts ? localesLacking(host, set.facts.is.locales) : null,
    ]);
    return { postgres: binaries?.version ?? null, ...installation, libc, lackingLocales };
  });
}

/**
 * What production preloads, by the configuration of the set and by that of a production on this machine: Debian keeps postgresql.conf
 * outside of the data directory, and so of the backup, and one that lies in it may be of no use any more.
 */
function preloadOf({ conf }: SetLook, production: SeenHere | null): Answer<readonly string[]> {
  const set = 'is' in conf ? conf.is.settings.get('shared_preload_libraries') : undefined;
  const isTold = set !== undefined || ('is' in conf && conf.is.found);
  const seen = production?.preload ?? null;
  if (isTold || seen) return { is: [...new Set([...preloaded(set ?? ''), ...(seen ?? [])])] };
  if (!('is' in conf)) return conf;
  return { why: 'postgresql.conf is not in the set, as on Debian', when: null };
}
