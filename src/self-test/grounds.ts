import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CleanupStack } from '../core/cleanup.ts';
import { errorCode, messageOf } from '../core/errors.ts';
import { readConfiguration } from '../drill/run-setup.ts';
import { needsNetwork, repositoriesOf } from '../pgbackrest/repository.ts';
import { optionsFor } from '../pgbackrest/user-config.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { DrillReport } from '../report/report.ts';
import { isOnThisMachine, needsEngine } from '../sandbox/registry.ts';
import { copyGround } from './copied-ground.ts';
import type { Bench } from '../trial-run/drill-on.ts';
import type { SelfTestEvent } from './events.ts';
import { singled, type TestGround } from './ground.ts';
import { makeOwnGround } from './own-ground.ts';
import type { Place } from '../trial-run/place.ts';

/** The repository is alive: what was listed may be expired, or not be for us to read. */
function whyNotCopied(error: unknown): string {
  if (errorCode(error) === null) throw error;
  return `it could not be copied: ${messageOf(error)}`;
}

interface GroundsOptions {
  readonly plan: DrillPlan | null;
  readonly place: Place;
  readonly cleanup: CleanupStack;
  readonly bench: Bench;
  readonly now: Date;
  readonly tell: (event: SelfTestEvent) => void;
}

/** The repositories that faults are made on. Each is made once, and only if a fault needs it. */
export class Grounds {
  readonly #options: GroundsOptions;
  #own: TestGround | null = null;
  /** Why the user's repository was not copied; null: it was, or nobody has asked. */
  notCopied: string | null = null;

  constructor(options: GroundsOptions) {
    this.#options = options;
  }

  /** What is only read: the repository of the user's plan, or one of our own. */
  async toRead(): Promise<TestGround> {
    const { plan, place } = this.#options;
    if (plan === null) return this.#ownGround();
    return {
      kind: 'original',
      file: plan.file,
      overrides: singled(plan, place.drills),
      env: {},
      repository: null,
      mayRunUnfenced: false,
    };
  }

  /** What may be changed: a copy of what a drill of the user's repository reads, or else one of our own. */
  async toChange(original: TestGround, control: DrillReport): Promise<TestGround> {
    if (original.kind === 'own') return original;
    const { tell, place, bench } = this.#options;
    const startedMs = performance.now();
    const source = this.#onDisk(control);
    tell({ kind: 'began', what: 'a private copy of what is needed of the repository' });
    const copy =
      typeof source === 'string'
        ? source
        : await copyGround(original, source, control, place, bench.signal).catch(whyNotCopied);
    if (typeof copy === 'string') {
      this.notCopied = copy;
      tell({ kind: 'not-copied', why: copy });
      return this.#ownGround();
    }
    tell({ kind: 'made', repository: 'copy', durationMs: performance.now() - startedMs });
    return copy;
  }

  async #ownGround(): Promise<TestGround> {
    const { place, plan, cleanup, bench, tell } = this.#options;
    if (this.#own !== null) return this.#own;
    const startedMs = performance.now();
    tell({ kind: 'began', what: 'a small cluster with a repository of its own' });
    this.#own = await makeOwnGround(place, plan?.sandbox ?? null, cleanup, bench.signal);
    tell({ kind: 'made', repository: 'own', durationMs: performance.now() - startedMs });
    return this.#own;
  }

  /** Where the repository that was drilled lies on this machine; else why it cannot be copied. */
  #onDisk({ source }: DrillReport): { readonly key: number; readonly path: string } | string {
    const { plan, bench } = this.#options;
    const key = source.repo?.key ?? null;
    if (plan === null || key === null) return 'the healthy copy does not say which repository it came from';
    const options = optionsFor(readConfiguration(plan, bench), plan.source.stanza, 'restore');
    const repository = repositoriesOf(options).find((one) => one.key === key);
    if (repository === undefined || needsNetwork(repository)) return 'the repository is not on a disk of this machine';
    const isHere = isOnThisMachine(plan.sandbox) || needsEngine(plan.sandbox);
    if (!isHere || !existsSync(join(repository.path, 'backup', plan.source.stanza)))
      return 'the drill reads its repository on another machine, so what stands in for it is drilled on this one';
    return repository;
  }
}
