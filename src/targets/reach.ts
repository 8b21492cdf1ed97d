import type { Lsn } from '../postgres/lsn.ts';

/** How far a recovery goes: to the backup's own end, to the end of the archive, to a position, or to a moment. */
export type Reach =
  | { readonly kind: 'backup' | 'end' }
  | { readonly kind: 'position'; readonly lsn: Lsn }
  | { readonly kind: 'moment'; readonly at: Date };
