import { integrityText } from '../checks/integrity/written.ts';
import { CleanupStack } from '../core/cleanup.ts';
import { onSocket } from '../core/endpoint.ts';
import { orGiveUp, TOLD_GRACE_MS } from '../core/give-up.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import type { ReasonReport } from '../report/report.ts';
import type { SelectionReport } from '../report/selection.ts';
import { needsNetwork } from '../pgbackrest/repository.ts';
import type { PreparedSandbox, Station } from '../sandbox/sandbox.ts';
import { RunStore } from '../store/run-store.ts';
import { plannedKindOf, targetText } from '../targets/index.ts';
import { foreseeFallbacks, type ForeseenFallback } from './fallback/foresee.ts';
import type { ParityItem } from './parity/item.ts';
import { judgeParity } from './parity/judge.ts';
import { lookAtParity } from './parity/look.ts';
import { requireFeasible, reserveOf } from './preflight/feasibility.ts';
import { lookAheadInTurn } from './preflight/in-turn.ts';
import type { Preflight } from './preflight/preflight.ts';
import { restoreArgv } from './restore/restore.ts';
import { restoredServer } from './recover/restored-server.ts';
import { walWords } from './recover/wal-words.ts';
import { configurationFindings, newRunId, readConfiguration, sandboxSpec } from './run-setup.ts';
import type { DrillServices } from './services.ts';

/** What a run would do, as far as it is known before anything is restored. */
export interface DrillOutline {
  readonly drill: string;
  readonly stanza: string;
  readonly repo: { readonly key: number; readonly type: string; readonly host: string | null; readonly cipher: string };
  readonly backup: {
    readonly label: string;
    readonly type: string;
    readonly stoppedAt: string;
    readonly ageMs: number;
    readonly sizeBytes: number;
    readonly reference: readonly string[];
  };
  readonly wal: {
    readonly from: string | null;
    readonly to: string | null;
    readonly segments: number;
    readonly bytes: number;
    readonly newestArchivedAt: string | null;
  };
  readonly target: {
    readonly type: string;
    readonly text: string;
    readonly asTyped: string | null;
    readonly timeline: string | number;
  };
  readonly versions: { readonly pgbackrest: string; readonly postgres: string | null };
  /** Why this backup set; a plan that leaves something to chance draws anew when it is run. */
  readonly selection: SelectionReport;
  readonly disk: {
    readonly path: string;
    readonly neededBytes: number;
    readonly reserveBytes: number;
    readonly freeBytes: number | null;
  };
  readonly sandbox: {
    readonly kind: string;
    /** The words behind the kind that say where it is; see the port of the sandboxes. */
    readonly place: string;
    /** Null, like the next two: known only once the server is there. */
    readonly user: string | null;
    readonly readOnlyFileSystem: boolean | null;
    readonly network: 'none' | 'repository' | 'open' | null;
    /** Null: no container. */
    readonly image: string | null;
    readonly start: 'empty' | 'delta';
  };
  readonly objectives: DrillPlan['objectives'];
  /** What a run would ask production, and the variable that says where it is; null: nothing, it would not be asked. */
  readonly compare: { readonly dsn: string; readonly queries: readonly string[] } | null;
  readonly checks: readonly { readonly name: string; readonly kind: string; readonly severity: string }[];
  /** The integrity checks in words, and their parts in order; null: none. */
  readonly integrity: { readonly text: string; readonly parts: readonly string[] } | null;
  /** The commands of restore and recovery, with `RUN` for the id of the run and `PORT` for the port. */
  readonly commands: readonly { readonly phase: 'restore' | 'recover'; readonly argv: readonly string[] }[];
  /** What the machine of the drill has and lacks for it; empty where that was not asked. */
  readonly environment: readonly ParityItem[];
  /** What a run would warn of, as far as it is known before anything is restored. */
  readonly findings: readonly ReasonReport[];
  /** What would be tried after a run that failed; empty: the plan wants nothing of that. */
  readonly fallback: readonly ForeseenFallback[];
  /** What of the probe could not be removed again; empty when nothing is left. */
  readonly left: readonly string[];
}

/** What the preflight of the drill tells. */
type Known = Omit<DrillOutline, 'environment' | 'findings' | 'left'>;

/** What was found until something ended the look ahead. */
export interface FoundAhead {
  readonly findings: ReasonReport[];
  /** Null: it is not to be asked, since it takes the catalogs of the backup set. */
  readonly environment: ParityItem[] | null;
}

type PlanServices = Pick<DrillServices, 'clock' | 'redactor' | 'sandbox' | 'seed' | 'signal' | 'hurry' | 'env'>;

/**
 * Goes through the preflight of a run and tells what would follow. Restores no data of users, and removes the directory that it
 * worked in. Throws a DrillError for whatever would end the run in its preflight; what was found until then is in `found`.
 */
export async function planDrill(
  plan: DrillPlan,
  services: PlanServices,
  found: FoundAhead = { findings: [], environment: null },
): Promise<DrillOutline> {
  const { findings, environment } = found;
  const config = readConfiguration(plan, services);
  findings.push(...configurationFindings(config, plan.source.stanza));
  const now = services.clock.now();
  const runId = newRunId(now);
  const cleanup = new CleanupStack({ told: services.signal, hurry: services.hurry });
  const look = async (): Promise<Known> => {
    const sandbox = await services.sandbox.prepare(
      sandboxSpec(plan, config, { runId, startedAt: now, keepInstance: false, env: services.env }),
      cleanup,
      services.signal,
    );
    const { seed, signal } = services;
    const input = { plan, config, sandbox, onSandbox: ignored, now, seed, signal, onProgress: ignored };
    const store = new RunStore(plan.reports);
    const { sandbox: chosen, ready, plan: turned } = await lookAheadInTurn({ input, store, onTurn: ignored });
    findings.push(...ready.findings);
    environment?.push(...judgeParity(await lookAtParity({ plan: turned, config, sandbox: chosen, ready, signal })));
    requireFeasible(turned, ready);
    const fallback = foreseeFallbacks({ plan: turned, config, ready, repository: ready.repository.key });
    return { ...outline(turned, { sandbox: chosen, place: services.sandbox.place }, ready, now, runId), fallback };
  };
  let inDoubt = false;
  const onGivenUp = (): void => {
    inDoubt = true;
  };
  const [result] = await Promise.allSettled([orGiveUp(look(), services.signal, TOLD_GRACE_MS, onGivenUp)]);
  const steps = await cleanup.unwind({ inDoubt });
  if (result.status === 'rejected') throw result.reason;
  const left = steps.filter(({ ok }) => !ok).map(({ label, message }) => `could not ${label}: ${message ?? '?'}`);
  return services.redactor.data({ ...result.value, environment: environment ?? [], findings: [...findings], left });
}

/** Nobody watches, and no report is built on the way. */
function ignored(): void {}

function outline(
  plan: DrillPlan,
  { sandbox, place }: { readonly sandbox: PreparedSandbox; readonly place: string },
  ready: Preflight,
  now: Date,
  runId: string,
): Omit<Known, 'fallback'> {
  const { backup, archive, repository } = ready;
  const { segments } = archive.path;
  const { confinement, kind, user } = sandbox.facts;
  // A lookout says nothing of the site.
  const { isLookout } = sandbox;
  const probable = { ...confinement, network: 'none', eachProgram: needsNetwork(repository) } as const;
  const fence = isLookout ? probable : confinement;
  const there = {
    ...sandbox,
    facts: { ...sandbox.facts, confinement: fence },
    paths: isLookout ? sandbox.sitePaths : sandbox.paths,
  };
  const words = (argv: readonly string[]): string[] =>
    argv.map((word) => word.replaceAll(sandbox.paths.secrets, there.paths.secrets).replaceAll(runId, 'RUN'));
  return {
    drill: plan.name,
    stanza: plan.source.stanza,
    repo: { key: repository.key, type: repository.type, host: repository.host, cipher: ready.cipher },
    backup: {
      label: backup.label,
      type: backup.type,
      stoppedAt: backup.stoppedAt.toISOString(),
      ageMs: Math.max(0, now.getTime() - backup.stoppedAt.getTime()),
      sizeBytes: backup.sizeBytes,
      reference: [...backup.reference],
    },
    wal: {
      from: segments.at(0) ?? null,
      to: segments.at(-1) ?? null,
      segments: segments.length,
      bytes: segments.length * archive.segmentBytes,
      newestArchivedAt: archive.newestAt?.toISOString() ?? null,
    },
    target: {
      type: plan.target.type,
      text: targetText(ready.target),
      asTyped: plannedKindOf(plan.target).asTyped,
      timeline: plan.timeline,
    },
    versions: { pgbackrest: ready.version.text, postgres: ready.binaries?.version ?? null },
    selection: ready.selection,
    disk: {
      path: there.paths.root.replace(`/${runId}`, ''),
      neededBytes: ready.neededBytes,
      reserveBytes: reserveOf(plan, ready),
      freeBytes: ready.freeBytes,
    },
    sandbox: {
      kind,
      place,
      user: isLookout ? null : user,
      readOnlyFileSystem: isLookout ? null : confinement.fileSystem,
      network: isLookout ? null : confinement.network,
      image: sandbox.facts.container?.image ?? null,
      start: ready.hasKeptData ? 'delta' : 'empty',
    },
    objectives: plan.objectives,
    compare: plan.compare && { dsn: plan.compare.dsn, queries: plan.compare.queries.map(({ name }) => name) },
    checks: plan.checks.map((check) => ({ name: check.name, kind: check.kind, severity: check.severity })),
    integrity: plan.integrity && {
      text: integrityText(plan.integrity),
      parts: plan.integrity.parts.map(({ id }) => id),
    },
    commands: [
      { phase: 'restore', argv: words(restoreArgv(plan, there, ready)) },
      ...recoverArgvs(plan, there, ready).map((argv) => ({ phase: 'recover' as const, argv: words(argv) })),
    ],
  };
}

/** Where Debian's packages put what is still to be installed. */
function usualBinaries({ database }: Preflight): PostgresBinaries {
  const major = Number.parseInt(database.version, 10);
  return { directory: `/usr/lib/postgresql/${major}/bin`, major, version: '' };
}

/** The settings that stand on the command line do not depend on the restored cluster, so they are known by now. */
function recoverArgvs(plan: DrillPlan, station: Station, ready: Preflight): string[][] {
  const { fetcher } = walWords({ plan, station, ready });
  const { server } = restoredServer({
    plan,
    station,
    ready: { ...ready, binaries: ready.binaries ?? usualBinaries(ready) },
    endpoint: onSocket(station.paths.sockets, 0, plan.sandbox.superuser),
    runId: 'RUN',
    production: new Map(),
    control: { standbyMinimums: new Map(), segmentBytes: ready.segmentBytes },
    outlive: false,
  });
  const argv = server.argv().map((word) => (word === 'port=0' ? 'port=PORT' : word));
  return [...(fetcher === null ? [] : [[...fetcher]]), argv];
}
