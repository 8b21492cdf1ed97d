import { z } from 'zod';
import { size } from '../../core/plan-values.ts';
import { absolutePath, anySandbox } from '../schema-parts.ts';

/** The options of a sandbox in a container. */
export const dockerSandbox = z.strictObject({
  kind: z.literal('docker').describe('docker: in a throwaway container'),
  image: z
    .string()
    .min(1)
    .optional()
    .describe("default: pgdrill:MAJOR for the backup's major version, as made by drill image build"),
  memory: size.optional().describe('how much memory the container may use; default: no limit'),
  cpus: z.number().positive().optional().describe('how many CPUs the container may use; default: all'),
  shm: size.prefault('256MB').describe('the size of /dev/shm'),
  network: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'is no name of a network')
    .optional()
    .describe(
      'none, repo-only (the repository and nothing else, until recovery has ended), or a network of the engine; default: none with a repository on disk, else repo-only',
    ),
  mounts: z
    .array(
      z.strictObject({
        source: absolutePath.describe("on the engine's machine"),
        target: absolutePath.describe('in the container'),
        readOnly: z.boolean().default(true).describe('whether the container may not write to it'),
      }),
    )
    .default([])
    .describe('extra directories in the container, such as one with files for checks'),
  user: z
    .string()
    .regex(/^\d+:\d+$/, 'is no uid:gid; write 999:999')
    .optional()
    .describe('uid:gid that restores and recovers; default: the owner of the repository'),
  ...anySandbox,
});

export type DockerPlan = z.output<typeof dockerSandbox>;
