import { z } from 'zod';
import { duration, scalar, size } from '../core/plan-values.ts';

const absolutePath = z.string().regex(/^\//, 'is no absolute path');

const settingName = z.string().regex(/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/, 'is no name of a PostgreSQL setting');

const NO_RESERVE = 'is no size or share; write 20GB or 10%';

/** What every kind of sandbox has. */
const anySandbox = {
  reuse: z.boolean().default(false).describe('keep the data directory, and restore it with --delta the next time'),
  reserve: z
    .union([z.string().regex(/^\d+(\.\d+)?\s*(%|[kmgtp]?b?)$/i, NO_RESERVE), z.int().nonnegative()], {
      error: NO_RESERVE,
    })
    .default('10%')
    .describe('room to leave free on the scratch file system, as a size or a share'),
  settings: z.record(settingName, scalar).default({}).describe('extra PostgreSQL settings, recorded in the report'),
  preload: z.array(z.string()).default([]).describe('libraries that may be preloaded, since checks need them'),
  superuser: z
    .string()
    .default('postgres')
    .describe("the restored cluster's superuser; another is found where this one is not there"),
};

/** What is added to the fence of a drill on this machine or on a server. */
const shownPaths = z
  .array(absolutePath)
  .default([])
  .describe('directories and files outside /usr that the server and the checks may read, such as one with programs');

/** The options of a sandbox on this machine. */
export const localSandbox = z.strictObject({
  kind: z.literal('local').default('local').describe('local: on this machine, fenced off'),
  scratch: z
    .string()
    .min(1)
    .optional()
    .describe('where runs are restored; default /var/lib/pgdrill, or below the home directory'),
  ...anySandbox,
  runAs: z
    .string()
    .optional()
    .describe('as root: the user that restores and recovers; default: the owner of the repository'),
  confine: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe(
      'auto: the copy sees a file system of its own, no process but its own, and no network; off: it is not fenced',
    ),
  mounts: shownPaths,
});

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

/** How a server is reached. None of these can be taken for an option of ssh, or for two lines of a file. */
export const hostName = z.string().regex(/^[^-\s]\S*$/, 'is no name of a host');
export const loginName = z.string().regex(/^[^-\s]\S*$/, 'is no name of a user');
export const portNumber = z.int().min(1).max(65_535);
export const publicKey = z
  .string()
  .regex(/^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( [^\r\n]*)?$/, 'is no public key; write "ssh-ed25519 AAAA…"');

const commandWords = z.array(z.string().min(1)).min(1);

/** The options of a sandbox on a server that is reached by SSH. */
export const sshSandbox = z
  .strictObject({
    kind: z.literal('ssh').describe('ssh: on a server that is reached by SSH'),
    host: hostName
      .optional()
      .describe('a name of your ssh_config, a host name or an address; left out when provision makes the server'),
    user: loginName.optional().describe('default: that of your ssh_config'),
    port: portNumber.optional().describe('default: that of your ssh_config'),
    identityFile: z.string().min(1).optional().describe('a private key; default: those of your ssh_config and agent'),
    sshConfig: z.string().min(1).optional().describe('an ssh_config to use instead of yours'),
    sshOptions: z
      .array(z.string().regex(/^[A-Za-z]+[= ]\S/, 'is no option of ssh; write ProxyJump=bastion'))
      .default([])
      .describe('further options of ssh, such as ProxyJump=bastion'),
    hostKey: publicKey.optional().describe("the server's public host key; default: what known_hosts says"),
    hostKeys: z
      .enum(['known', 'accept-new'])
      .default('known')
      .describe('known: only keys that are known; accept-new: a server never met before is believed once'),
    sudo: z.enum(['auto', 'never']).default('auto').describe('auto: become root by sudo where it asks no password'),
    scratch: z
      .string()
      .regex(/^\//, 'is no absolute path')
      .optional()
      .describe('where runs are restored on the server; default /var/lib/pgdrill, or below the home directory'),
    runAs: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]*$/i, 'is no name of a user')
      .optional()
      .describe('the user of the server that restores and recovers; default: the owner of the repository, or postgres'),
    confine: z
      .enum(['auto', 'off'])
      .default('auto')
      .describe(
        'auto: the copy sees a file system of its own, no process but its own, and no network; off: it is not fenced',
      ),
    mounts: shownPaths,
    install: z
      .enum(['auto', 'never'])
      .default('auto')
      .describe('auto: PostgreSQL and pgBackRest are installed on the server where they are missing'),
    grace: duration.prefault('5m').describe('how long a broken connection is waited for, on both sides'),
    readyWithin: duration.prefault('10m').describe('how long a server that was just made may take to let us in'),
    provision: z
      .strictObject({
        create: commandWords.describe(
          'makes a server and prints JSON with host, and if known user, port, hostKey, id; {name} is unique to the run',
        ),
        destroy: commandWords.describe('removes it again, even when create failed half-way; gets {name}, {id}, {host}'),
        timeout: duration.prefault('15m').describe('how long each of the two may take'),
      })
      .optional()
      .describe('a server that is made for the run, and destroyed after it'),
    ...anySandbox,
  })
  .refine(({ host, provision: made }) => (host === undefined) !== (made === undefined), {
    error: 'needs either a host, or provision with commands that make and destroy one',
    path: ['host'],
  })
  .refine(({ reuse, provision: made }) => !(reuse && made), {
    error: 'a server that is destroyed keeps no data for the next run',
    path: ['reuse'],
  });

/** Where a drill happens: one of the kinds. */
export const sandbox = z.discriminatedUnion('kind', [localSandbox, dockerSandbox, sshSandbox], {
  error: 'is one of local, docker and ssh',
});

export type LocalPlan = z.output<typeof localSandbox>;
export type DockerPlan = z.output<typeof dockerSandbox>;
export type SshPlan = z.output<typeof sshSandbox>;
