import type { SandboxKind } from '../kind.ts';
import { noteDirectory, usualNotes } from './note-directory.ts';
import { sshSandbox } from './schema.ts';

/** Drills on a server that is reached by SSH: one that is there, or one that is made for the run and destroyed after it. */
export const ssh: SandboxKind<typeof sshSandbox> = {
  schema: sshSandbox,
  onThisMachine: false,
  notes: {
    directory: () => noteDirectory(),
    forget: async (runId) => (await import('./sweep.ts')).forget(runId),
  },
  images: null,
  writesTo: (_, home) => [usualNotes(home)],
  create: (plan) => ({
    place: plan.host === undefined ? ', on a server that is made for the run' : ` on ${plan.host}`,
    sweepWords: [],
    limits: [],
    prepare: async (...asked) => (await import('./run.ts')).prepare(plan, ...asked),
  }),
  sweep: async (...asked) => (await import('./sweep.ts')).sweep(...asked),
  findings: async (machine) => (await import('./findings.ts')).findings(machine),
};
