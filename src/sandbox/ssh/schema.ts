import { z } from 'zod';
import { duration } from '../../core/plan-values.ts';
import { anySandbox, fencedSandbox } from '../schema-parts.ts';

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
    ...fencedSandbox,
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

export type SshPlan = z.output<typeof sshSandbox>;
