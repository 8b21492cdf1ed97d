import type { BackupSet } from '../pgbackrest/info.ts';
import type { Lsn } from '../postgres/lsn.ts';
import type { Reach } from './reach.ts';

interface Positioned {
  readonly leadsTo: (set: BackupSet) => boolean;
  readonly reach: () => Reach;
}

/** What holds of a target that lies at a position. */
export function positioned(lsn: Lsn): Positioned {
  return {
    leadsTo: ({ lsnStop }) => lsnStop !== null && lsnStop <= lsn,
    reach: () => ({ kind: 'position', lsn }),
  };
}
