import type { SandboxKind } from '../kind.ts';
import { dockerSandbox } from './schema.ts';

/**
 * Drills in throwaway containers. One container looks into the repository, holds the network and, by its name, the lock
 * of the drill; a second one, made when the RTO begins, restores and recovers. Both mount the run's volume.
 */
export const docker: SandboxKind<typeof dockerSandbox> = {
  schema: dockerSandbox,
  onThisMachine: false,
  notes: null,
  images: { build: async (...asked) => (await import('./build-image.ts')).build(...asked) },
  writesTo: () => [],
  create: (plan) => ({
    place: '',
    sweepWords: [],
    limits: [],
    prepare: async (...asked) => (await import('./run.ts')).prepare(plan, ...asked),
  }),
  sweep: async (...asked) => (await import('./sweep.ts')).sweep(...asked),
  findings: async (machine) => (await import('./findings.ts')).findings(machine),
};
