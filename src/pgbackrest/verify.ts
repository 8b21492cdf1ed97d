import type { PgBackRest } from './pgbackrest.ts';

/** One archive or backup set as `verify` saw it. */
interface VerifiedPart {
  /** `archive 15-1` or `backup 20261129-144809F`. */
  readonly name: string;
  readonly checked: number;
  readonly valid: number;
  /** Counters that are not zero, such as `checksum invalid: 1`. */
  readonly faults: readonly string[];
}

/** What `verify` says of a repository. */
export interface VerifyResult {
  /** What it says of all in one word; null: it did not say, so nothing is known. */
  readonly status: string | null;
  readonly parts: readonly VerifiedPart[];
  /** Lines of another form, such as `No usable backup.info file`. */
  readonly remarks: readonly string[];
}

/**
 * Reads the repository file by file and compares checksums. The exit status is 0 whatever was found (2.45 to 2.60, #2502), and
 * without --verbose a good repository may print nothing: so the whole text is asked for, and read. It takes no lock: lock-path is
 * no option of it (2.45).
 */
export async function verifyRepository(
  pgbackrest: PgBackRest,
  processMax: number,
  signal: AbortSignal,
): Promise<VerifyResult> {
  const options = ['--output=text', '--verbose', `--process-max=${processMax}`];
  return parseVerify(await pgbackrest.read('verify', options, [], { signal }));
}

const PART =
  /^\s+(?:archiveId: (\S+)|backup: (\S+), status: [\w -]+), total \w+ checked: (\d+), total valid \w+: (\d+)$/;

/** Lines that say nothing of what was verified. From 2.55 on, warnings about options of other versions stand among the text. */
const IDLE = /^stanza: |P\d\d +INFO: |P\d\d +WARN: (configuration file|environment) contains invalid option /;

/** The text of `verify --output=text --verbose` (2.45 to 2.60). */
export function parseVerify(text: string): VerifyResult {
  let status: string | null = null;
  const parts: { name: string; checked: number; valid: number; faults: string[] }[] = [];
  const remarks: string[] = [];
  for (const line of text.split('\n')) {
    const [, archive, backup, checked, valid] = PART.exec(line) ?? [];
    const said = /^status: (\w+)$/.exec(line)?.[1];
    if (said !== undefined) status = said;
    else if (checked !== undefined) {
      const name = archive === undefined ? `backup ${backup ?? ''}` : `archive ${archive}`;
      parts.push({ name, checked: Number(checked), valid: Number(valid), faults: [] });
    } else if (/^\s+[\w ]+: \d+(, |$)/.test(line)) parts.at(-1)?.faults.push(...countersOf(line));
    else if (line.trim() !== '' && !IDLE.test(line)) remarks.push(line.trim());
  }
  return { status, parts, remarks };
}

function countersOf(line: string): string[] {
  return line
    .trim()
    .split(', ')
    .filter((counter) => !counter.endsWith(': 0'));
}

/** Whether `verify` looked, and found nothing wrong. Anything that it says beside that is not taken for good. */
export function isWhole({ status, parts, remarks }: VerifyResult): boolean {
  return (
    status === 'ok' &&
    parts.length > 0 &&
    remarks.length === 0 &&
    parts.every(({ checked, valid, faults }) => checked === valid && faults.length === 0)
  );
}
