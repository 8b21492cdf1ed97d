import { z } from 'zod';
import type { Instant } from '../core/instant.ts';
import type { Lsn } from '../postgres/lsn.ts';
import type { Wanted } from '../postgres/waldump.ts';
import type { Reading, RecoveryKind } from './kind.ts';
import { lsn } from './lsn.ts';
import { name } from './name.ts';
import { time } from './time.ts';
import { xid } from './xid.ts';

/** A target that a recovery through several may stop at: the first record of the WAL behind it is known to the byte. */
export type RungTarget =
  | ReturnType<typeof time.read>
  | ReturnType<typeof lsn.read>
  | ReturnType<typeof xid.read>
  | ReturnType<typeof name.read>;

/** All follow the timeline of the one recovery. */
const BLOCKS = [
  time.block.omit({ timeline: true }),
  lsn.block.omit({ timeline: true }),
  xid.block.omit({ timeline: true }),
  name.block.omit({ timeline: true }),
] as const;

const error = 'is a time such as "2026-05-13 14:32:00", or a block with one of time, lsn, xid, name';

/** Several targets as a plan writes them: a text is a time. */
export const writtenRungs = z
  .array(z.union([z.string(), ...BLOCKS], { error }))
  .min(2, { error: 'has to have at least two targets; for one write target' });

type WrittenRung = z.output<typeof writtenRungs>[number];

/** The target that was written. */
export function readRung(written: WrittenRung, reading: Reading): RungTarget {
  const block = typeof written === 'string' ? { time: written } : written;
  if ('time' in block) return time.read(block, reading);
  if ('lsn' in block) return lsn.read(block, reading);
  if ('xid' in block) return xid.read(block, reading);
  return name.read(block, reading);
}

/** What a drill knows of it. */
export function rungKind(target: RungTarget): RecoveryKind {
  switch (target.type) {
    case 'time':
      return time.of(target);
    case 'lsn':
      return lsn.of(target);
    case 'xid':
      return xid.of(target);
    case 'name':
      return name.of(target);
  }
}

/** Where a target lies, as far as it says itself: behind a moment, at a position, or at a record that has to be looked for. */
export type RungPlace =
  | { readonly kind: 'moment'; readonly at: Instant }
  | { readonly kind: 'position'; readonly at: Lsn }
  | { readonly kind: 'record'; readonly wanted: Wanted };

export function rungPlace(target: RungTarget): RungPlace {
  if (target.type === 'time') return { kind: 'moment', at: target.instant };
  if (target.type === 'lsn') return { kind: 'position', at: target.lsn };
  return { kind: 'record', wanted: target.type === 'xid' ? { xid: target.xid } : { name: target.name } };
}
