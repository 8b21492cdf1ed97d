import { formatLsn, parseLsn } from '../../postgres/lsn.ts';
import type { Fault } from '../fault.ts';

/** 64 GB of WAL behind the end of what was recovered. */
const FAR = 0x10_0000_0000n;

/** PostgreSQL before 13 promoted at the end of the archive as if that were the target. */
export const wrongTarget: Fault = {
  does: 'the recovery target is moved to a place that the archive never gets to',
  changesRepository: false,
  codes: ['target-unreachable'],
  blames: 'pgdrill',
  make: ({ control }) => {
    const end = parseLsn(control.recovery?.lastReplayedLsn ?? '');
    if (end === null) return { cannot: 'the healthy copy does not say how far it was recovered' };
    return { overrides: [{ path: ['target'], value: { lsn: formatLsn(end + FAR) }, option: 'the target' }] };
  },
};
