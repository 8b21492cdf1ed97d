import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { SELF_TESTS } from '../../store/past-self-tests.ts';
import type { Extent } from './extent.ts';
import { problemWith, type Problem } from './problem.ts';
import { namesIn, sha256Of } from './read-file.ts';
import type { PlacedLine } from './verify-ledger.ts';

/** Compares what self-tests have found with the ledger, and names what lies there and is not on record. */
export function verifySelfTests(reports: string, lines: readonly PlacedLine[], { files }: Extent): Problem[] {
  if (files !== 'all') return [];
  const digests = new Map(
    lines.flatMap(({ line }) => (line.kind === 'self-tested' ? [[`${line.id}.json`, line.document] as const] : [])),
  );
  const known = new Set([...digests.keys()].flatMap((name) => [name, name.replace(/json$/, 'md')]));
  const foreign = namesIn(join(reports, SELF_TESTS)).filter((name) => !known.has(name));
  return [
    ...[...digests].flatMap(([name, sha256]) => changed(`${SELF_TESTS}/${name}`, reports, sha256)),
    ...foreign.map((name) => problemWith(`${SELF_TESTS}/${name}`, 'it is not on record in the ledger')),
  ];
}

function changed(file: string, reports: string, sha256: string): Problem[] {
  try {
    return sha256Of(join(reports, file)) === sha256 ? [] : [problemWith(file, 'it was changed')];
  } catch (error) {
    return [problemWith(file, messageOf(error))];
  }
}
