import type { CleanupStack } from '../../core/cleanup.ts';
import type { DockerPlan } from '../../plan/sandbox-schema.ts';
import type { PreparedSandbox, Sandbox, SandboxSpec, SweepOptions, SweptRun } from '../sandbox.ts';
import { DockerRun } from './docker-run.ts';
import { connectEngine, type Engine } from './engine.ts';
import { findImage, inspectImage, type DrillImage } from './images.ts';
import { sweepEngine } from './sweep.ts';

/**
 * Drills in throwaway containers. One container looks into the repository, holds the network and, by its name, the lock
 * of the drill; a second one, made when the RTO begins, restores and recovers. Both mount the run's volume.
 */
export class DockerSandbox implements Sandbox {
  readonly place = '';
  readonly sweepWords = [];
  readonly limits = [];
  readonly #plan: DockerPlan;

  constructor(plan: DockerPlan) {
    this.#plan = plan;
  }

  async prepare(spec: SandboxSpec, cleanup: CleanupStack, signal: AbortSignal): Promise<PreparedSandbox> {
    const engine = await connectEngine();
    signal.throwIfAborted();
    const image = await this.#firstImage(engine);
    const run = new DockerRun(this.#plan, spec, engine, cleanup);
    return run.prepare(image, signal);
  }

  async #firstImage(engine: Engine): Promise<DrillImage> {
    const { image: name } = this.#plan;
    if (name === undefined) return findImage(engine, null);
    // An image of somebody's that is not here yet is pulled when its container is made.
    return (await inspectImage(engine, name)) ?? { name, id: '', major: null, user: '' };
  }

  async sweep(options: SweepOptions): Promise<SweptRun[]> {
    return sweepEngine(await connectEngine(), options);
  }
}
