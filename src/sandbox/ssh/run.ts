import type { CleanupStack } from '../../core/cleanup.ts';
import { DrillError } from '../../core/errors.ts';
import { sshSandbox, type SshPlan } from './schema.ts';
import type { Lookout, PreparedSandbox, ProvisionedSandbox, SandboxSpec, ServerFacts, Site } from '../sandbox.ts';
import { keptOf } from '../sweeping.ts';
import { openWayIn } from '../way-in.ts';
import { Supervisor } from './supervisor/supervisor.ts';
import { supervisorOptions } from './supervisor-options.ts';
import { bootstrap, hasPgBackRest } from './bootstrap.ts';
import { Intent } from './marker.ts';
import { LineError } from './supervisor/ears.ts';
import { sshArgv } from './supervisor/line.ts';
import { lookFromHere } from './lookout.ts';
import { createServer, destroyServer, serverText } from './provision.ts';
import { DEADLINES } from './supervisor/protocol.ts';
import { lostRepository, settleOn, usualPaths, type ServerStation } from './station.ts';
import { sweepIntent } from './sweep.ts';
import { preparedTarget, targetOf } from './target.ts';
import { untilLetIn } from './until-let-in.ts';
import { shortened } from '../../core/shortened.ts';

/** Writes down that a run begins, and connects to its server, or looks into the repository from here until there is one. */
export async function prepare(
  plan: SshPlan,
  spec: SandboxSpec,
  cleanup: CleanupStack,
  signal: AbortSignal,
): Promise<PreparedSandbox> {
  const keeps = keptOf(spec, plan);
  const intent = Intent.write({ runId: spec.runId, drill: spec.drill, keeps }, sshSandbox.encode(plan));
  return new SshRun(plan, spec, intent, cleanup).prepare(signal);
}

const SWEEP_MS = 600_000;

type Provision = NonNullable<SshPlan['provision']>;

/** What one run does with its server. */
class SshRun {
  readonly #plan: SshPlan;
  readonly #spec: SandboxSpec;
  readonly #intent: Intent;
  readonly #cleanup: CleanupStack;
  /** Of the run: it aborts when that is to end. */
  #signal = new AbortController().signal;
  #supervisor: Supervisor | null = null;
  /** Of the backup; null: nobody has asked for one. */
  #major: number | null = null;
  #mayHaveStarted = false;
  /** Create was called: from now on there may be a server. */
  #isMade = false;
  #times: Pick<ServerFacts, 'createMs' | 'readyMs' | 'bootstrapMs' | 'installed'> = {
    createMs: null,
    readyMs: null,
    bootstrapMs: null,
    installed: [],
  };

  constructor(plan: SshPlan, spec: SandboxSpec, intent: Intent, cleanup: CleanupStack) {
    this.#plan = plan;
    this.#spec = spec;
    this.#intent = intent;
    this.#cleanup = cleanup;
  }

  async prepare(signal: AbortSignal): Promise<PreparedSandbox> {
    this.#signal = signal;
    // Undone last: by then a supervisor is only left when its instance is kept.
    this.#cleanup.push('leave the server', (hurry) => this.#detach(hurry), { evenWhenKept: true });
    if (this.#plan.provision) {
      this.#cleanup.push('forget the server that was not made', () => this.#forgetUnmade());
      const [lost] = this.#spec.readPaths;
      if (lost !== undefined) throw lostRepository(lost);
      return this.#lookout(null);
    }
    this.#cleanup.push(`clean up ${this.#plan.host ?? ''}`, (hurry) => this.#leaveClean(hurry), {
      deadlineMs: 600_000,
    });
    await this.#connect(signal);
    const supervisor = this.#requireSupervisor();
    const station = await this.#settle();
    signal.throwIfAborted();
    if (!(await hasPgBackRest(supervisor))) return this.#lookout(station);
    return this.#prepared({ ...station, isLookout: false });
  }

  /** `station`: on the server; null: it is not made yet. */
  async #lookout(station: ServerStation | null): Promise<PreparedSandbox> {
    const look = await lookFromHere(this.#spec, this.#intent, this.#cleanup);
    const sitePaths = station?.paths ?? usualPaths(this.#plan, this.#spec.runId);
    return this.#prepared({ ...look, isLookout: true, sitePaths, hasKeptData: station?.hasKeptData ?? false });
  }

  #prepared(place: Place<Site> | Place<Lookout>): PreparedSandbox {
    const prepared: PreparedSandbox = {
      ...place,
      bringsPostgres: true,
      withOtherPgBackRest: () => Promise.resolve(null),
      withPostgres: (major) => {
        this.#major = major;
        return Promise.resolve(prepared);
      },
      provision: (signal, onProgress = () => undefined) => this.#provision(signal, onProgress),
    };
    return prepared;
  }

  async #provision(signal: AbortSignal, onProgress: (text: string) => void): Promise<ProvisionedSandbox> {
    if (this.#plan.provision) await this.#make(this.#plan.provision, signal, onProgress);
    const supervisor = this.#requireSupervisor();
    const since = performance.now();
    onProgress('seeing to PostgreSQL and pgBackRest on the server');
    const installed = this.#major === null ? [] : await bootstrap(supervisor, this.#plan, this.#major, signal);
    if (installed.length > 0) this.#times = { ...this.#times, installed, bootstrapMs: elapsed(since) };
    const station = await this.#settle();
    await this.#refuseUnfenced(station);
    const behind = {
      start: station.plainStart,
      sockets: station.paths.sockets,
      superuser: this.#plan.superuser,
      enter: [
        ...sshArgv(targetOf(this.#plan, this.#intent), [], ['RequestTTY=force']),
        ...(supervisor.uid === 0 ? ['env', '--chdir=/', 'runuser', '-u', station.facts.user, '--'] : []),
      ],
    };
    return {
      ...station,
      outside: await station.outside,
      endpoint: await openWayIn(behind, this.#cleanup),
      seal: () => Promise.resolve(station.facts.confinement.network),
    };
  }

  /** Has a server made, and waits until it lets us in. It is destroyed again whatever comes of that. */
  async #make(provision: Provision, signal: AbortSignal, onProgress: (text: string) => void): Promise<void> {
    const began = performance.now();
    onProgress(`making ${serverText(this.#intent)}`);
    this.#isMade = true;
    this.#cleanup.push(`destroy ${serverText(this.#intent)}`, (hurry) => this.#destroy(provision, hurry), {
      deadlineMs: provision.timeout + 30_000,
      endsWithUs: true,
    });
    await createServer(provision, this.#intent, signal);
    this.#times = { ...this.#times, createMs: elapsed(began) };
    const since = performance.now();
    onProgress(`waiting until ${serverText(this.#intent)} lets us in`);
    const waiting = { what: serverText(this.#intent), withinMs: this.#plan.readyWithin, signal };
    await untilLetIn((either) => this.#connect(either), waiting);
    this.#times = { ...this.#times, readyMs: elapsed(since) };
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const target = preparedTarget(this.#plan, this.#intent);
    try {
      this.#mayHaveStarted = true;
      this.#supervisor = await Supervisor.start(
        target,
        supervisorOptions(this.#plan, this.#intent, this.#spec),
        signal,
      );
      this.#supervisor.heed(this.#signal, this.#cleanup.hurry);
    } catch (error) {
      // Who never got in, or was refused, has started nothing; a connection that broke off, or was given up, may have.
      const line = error instanceof DrillError ? error.cause : error;
      const wasRefused = error instanceof DrillError && error.code !== 'protocol-error';
      if (line instanceof LineError ? !line.mayHaveStarted : wasRefused) this.#mayHaveStarted = false;
      throw error;
    }
  }

  async #settle(): Promise<ServerStation> {
    const supervisor = this.#requireSupervisor();
    const server = (): ServerFacts => this.#facts(supervisor);
    return settleOn({ supervisor, plan: this.#plan, spec: this.#spec, server });
  }

  #facts(supervisor: Supervisor): ServerFacts {
    const { host, user, port } = targetOf(this.#plan, this.#intent);
    const { count, totalMs } = supervisor.outages;
    const id = this.#plan.provision ? String(this.#intent.record.made?.id ?? this.#intent.name) : null;
    return { host, user, port, hostKey: supervisor.hostKey, id, ...this.#times, outages: count, outageMs: totalMs };
  }

  /** A copy that nothing fences off may write to whatever its WAL names: not where production lives. */
  async #refuseUnfenced({ facts, host, whyUnfenced }: ServerStation): Promise<void> {
    if (facts.confinement.fileSystem || this.#plan.confine === 'off') return;
    for (const { path } of this.#spec.productionPaths) {
      if ((await host.list(path)) === null) continue;
      throw new DrillError(
        'confinement-unavailable',
        `the copy cannot be fenced off on the server, where ${path} of production exists: ${shortened(whyUnfenced ?? '', 300)}`,
        { hint: 'install bubblewrap there, drill on another server, or set confine: off and accept the risk' },
      );
    }
  }

  #requireSupervisor(): Supervisor {
    if (this.#supervisor) return this.#supervisor;
    throw new Error('there is no supervisor yet');
  }

  /** Ends what runs on a server that was there before, and removes what the run made. */
  async #leaveClean(signal: AbortSignal): Promise<void> {
    const supervisor = this.#supervisor;
    this.#supervisor = null;
    if (!this.#mayHaveStarted) return this.#intent.withdraw();
    if (supervisor?.lost === null) await supervisor.finish(signal);
    else if (supervisor?.isClean !== true) {
      // A supervisor that does not answer ends and cleans up by itself; a run that is to end does not wait for it.
      const patience = AbortSignal.timeout(this.#signal.aborted ? DEADLINES.impatientMs.value : SWEEP_MS);
      await sweepIntent(this.#intent, AbortSignal.any([signal, patience]), this.#plan.reuse ? 'data' : 'nothing');
    }
    if (this.#plan.reuse) this.#intent.rest();
    else this.#intent.fulfil();
  }

  async #detach(signal: AbortSignal): Promise<void> {
    const supervisor = this.#supervisor;
    this.#supervisor = null;
    if (supervisor) await supervisor.detach(signal);
  }

  async #destroy(provision: Provision, signal: AbortSignal): Promise<void> {
    this.#supervisor?.close();
    this.#supervisor = null;
    await destroyServer(provision, this.#intent, signal);
    this.#intent.fulfil();
  }

  #forgetUnmade(): Promise<void> {
    if (!this.#isMade) this.#intent.withdraw();
    return Promise.resolve();
  }
}

/** A place that the repository is looked into from, without what is the same for all of them. */
type Place<P extends PreparedSandbox> = Omit<
  P,
  'bringsPostgres' | 'withOtherPgBackRest' | 'withPostgres' | 'provision'
>;

function elapsed(since: number): number {
  return Math.round(performance.now() - since);
}
