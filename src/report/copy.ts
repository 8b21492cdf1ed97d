import { z } from 'zod';

const text = z.string().nullable();
const stampOrNull = text.describe('ISO 8601, UTC; null: none is known');

/** What is known of one configured repository, which is one copy of the backup. */
export const copyReport = z.strictObject({
  key: z.int().describe('its number in the configuration'),
  type: text.describe('posix, s3, azure, gcs, sftp or cifs; null: the business of its host'),
  host: text.describe('the repository host; null: read from here'),
  location: text.describe('its path, or bucket or container with path; null: the business of its host'),
  cipher: text.describe('none or aes-256-cbc; null: the business of its host'),
  thisRun: z.boolean().describe('whether this run drilled it'),
  lastVerdict: z
    .enum(['passed', 'failed', 'inconclusive', 'cancelled'])
    .nullable()
    .describe('of the last drill of it, this one included; null: none is known'),
  lastRunId: text.describe('of that drill'),
  lastRunAt: stampOrNull.describe('when that drill began'),
  lastPassedAt: stampOrNull.describe('when the last drill of it that passed began; null: never proven'),
  lastPassedRunId: text.describe('of the drill that passed'),
  lastPassedBackup: text.describe('the backup set that it restored'),
  failedSinceRunId: text
    .default(null)
    .describe('the last drill of it that failed, if none has passed since; null: none is known'),
});

export type CopyReport = z.output<typeof copyReport>;

/** What tells one repository from another that once had its number. */
export type CopyIdentity = Pick<CopyReport, 'key' | 'type' | 'host' | 'location'>;

/** Proven: a drill of it has passed, and none has failed since. One that had no answer takes nothing away, and hides nothing. */
export function isProven({ lastPassedAt, failedSinceRunId, lastVerdict }: CopyReport): boolean {
  // Reports of before that field have the verdict of the last drill alone.
  return lastPassedAt !== null && failedSinceRunId === null && lastVerdict !== 'failed';
}
