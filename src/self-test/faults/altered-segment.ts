import { readFileSync } from 'node:fs';
import type { Fault } from '../fault.ts';
import { rewritten, segmentOnTheWay } from '../repository-damage.ts';

/**
 * pgBackRest gives out what lies there; that it is something else is told by the SHA-1 in the name. PostgreSQL may stop before
 * that is compared, where it finds no record that it needs.
 */
export const alteredSegment: Fault = {
  does: 'a WAL segment in the archive has the content of another one',
  changesRepository: true,
  codes: ['wal-checksum-mismatch', 'wal-unreadable', 'wal-invalid', 'recovery-failed'],
  blames: 'pgdrill',
  make: (site) => {
    const segment = segmentOnTheWay(site, 'behind the backup');
    if ('cannot' in segment) return segment;
    if (segment.other === null) return { cannot: 'the archive has one WAL segment alone' };
    return { undo: rewritten(segment.file, readFileSync(segment.other), site.aside) };
  },
};
