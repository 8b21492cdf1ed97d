import { resolve } from 'node:path';
import type { SandboxKind } from '../kind.ts';
import { usualScratch } from './usual-scratch.ts';
import { localSandbox } from './schema.ts';

/** Drills on this very machine, in a directory of their own, fenced off by bubblewrap. */
export const local: SandboxKind<typeof localSandbox> = {
  schema: localSandbox,
  onThisMachine: true,
  notes: null,
  images: null,
  writesTo: ({ scratch }, home) => [resolve(scratch ?? usualScratch(home))],
  create: (plan) => ({
    place: '',
    sweepWords: plan.scratch === undefined ? [] : ['--scratch', plan.scratch],
    limits: ['The drill ran on this host: that the data can be recovered without it is not shown.'],
    prepare: async (...asked) => (await import('./run.ts')).prepare(plan, ...asked),
  }),
  sweep: async (...asked) => (await import('./sweep.ts')).sweep(...asked),
  findings: async (machine) => (await import('./findings.ts')).findings(machine),
};
