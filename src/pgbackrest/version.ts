import { DrillError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import { shortened } from '../core/shortened.ts';

/**
 * A version of pgBackRest. Nothing else depends on its number: the progress of a restore is read from its log lines, which
 * every version prints and which are no coarser than what `info --detail-level=progress` (2.56) tells.
 */
export interface PgBackRestVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** Version 2.41 was the first to print `info --set` as JSON (#1484), which names the tablespaces. */
const OLDEST = { major: 2, minor: 41 };

/** Asks pgBackRest for its version. `version --output=num` is not understood by 2.45, so the text is read. */
export async function pgBackRestVersion(host: Host): Promise<PgBackRestVersion> {
  const result = await host.run(['pgbackrest', 'version'], { role: 'pgbackrest' });
  const match = /pgBackRest (\d+)\.(\d+)\S*/.exec(result.stdout);
  if (!match) {
    throw new DrillError(
      'tool-missing',
      `pgBackRest is not installed here, or does not run: ${shortened(result.stderr.trim(), 200)}`,
      {
        hint: 'drill doctor says how to install it',
      },
    );
  }
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const atLeast = (wanted: number): boolean => major > 2 || (major === 2 && minor >= wanted);
  if (!atLeast(OLDEST.minor)) {
    throw new DrillError(
      'version-unsupported',
      `pgBackRest ${major}.${minor} is too old; ${OLDEST.major}.${OLDEST.minor} is the oldest that works`,
    );
  }
  return { text: match[0].replace('pgBackRest ', ''), major, minor };
}
