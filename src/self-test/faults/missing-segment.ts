import type { Fault } from '../fault.ts';
import { segmentOnTheWay, takenAway } from '../repository-damage.ts';

export const missingSegment: Fault = {
  does: 'a WAL segment that recovery needs is taken out of the archive',
  changesRepository: true,
  codes: ['wal-missing', 'wal-expired'],
  blames: 'pgdrill',
  make: (site) => {
    const segment = segmentOnTheWay(site);
    if ('cannot' in segment) return segment;
    return { undo: takenAway(segment.file, site.aside) };
  },
};
