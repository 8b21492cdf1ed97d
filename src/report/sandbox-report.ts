import { z } from 'zod';
import { bytes, ms, text } from './values.ts';

/** Where a run happened: the part `sandbox` of a report. */
export const sandboxReport = z.strictObject({
  kind: z.string().describe('where the drill happened'),
  host: z
    .strictObject({
      hostname: z.string().describe('its name'),
      os: z.string().describe('the distribution'),
      kernel: z.string().describe('the version of the kernel'),
      arch: z.string().describe('the architecture of its CPUs'),
      cpus: z.int().describe('how many'),
      memoryBytes: z.int().describe('free when the run began'),
      user: z.string().describe('the account that restored and recovered'),
    })
    .nullable()
    .describe('the machine'),
  versions: z
    .strictObject({ pgbackrest: text.describe('that restored'), postgres: text.describe('that recovered') })
    .describe('of the programs'),
  isolation: z
    .strictObject({
      readOnlyFileSystem: z.boolean().describe('the copy could write to its own directory alone'),
      noNetwork: z.boolean().describe('the copy had no network'),
      network: z
        .enum(['none', 'repository', 'open'])
        .describe('what the copy could reach: nothing, the repository alone, or what its host does'),
      noPrivileges: z.boolean().describe('the copy had no capability of root'),
      shown: z
        .array(z.string())
        .default([])
        .describe('directories and files that the plan showed to the copy and its checks'),
    })
    .nullable()
    .describe('what the kernel kept the copy from'),
  container: z
    .strictObject({
      engine: z.string().describe('its version and where it is'),
      image: z.string().describe('its name'),
      imageId: z.string().describe('the digest of its content'),
      user: z.string().describe('uid:gid that restored and recovered'),
      memoryLimitBytes: bytes.describe('null: none'),
      cpuLimit: z.number().nullable().describe('null: none'),
      shmBytes: bytes.describe('of /dev/shm'),
      network: z.string().describe('as asked: none, repo-only or a name'),
    })
    .nullable()
    .describe('null: not in a container'),
  server: z
    .strictObject({
      host: z.string().describe('as ssh was asked for it'),
      user: text.describe('who logged in; null: as ssh_config says'),
      port: z.int().nullable().describe('null: as ssh_config says'),
      hostKey: text.describe("type and fingerprint of the server's key"),
      id: text.describe('what its maker calls it; null: it was there before'),
      createMs: ms.describe('of provision: until the server was made; null: it was there'),
      readyMs: ms.describe('of provision: until it let us in'),
      bootstrapMs: ms.describe('of provision: installing PostgreSQL and pgBackRest; null: they were there'),
      installed: z.array(z.string()).describe('packages and their versions'),
      outages: z.int().describe('how often the connection broke and came back'),
      outageMs: z.int().describe('how long it was broken, altogether'),
    })
    .nullable()
    .describe('null: not by SSH'),
  processMax: z.int().nullable().describe('processes of the restore'),
  settings: z
    .array(
      z.strictObject({
        name: z.string().describe('of PostgreSQL or pgBackRest'),
        production: text.describe('null: not in the backup'),
        drill: z.string().describe('in this run'),
        why: z.string().describe('why it is so'),
      }),
    )
    .describe('settings that bear on the RTO, or differ'),
});
