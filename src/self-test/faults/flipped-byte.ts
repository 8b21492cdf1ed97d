import { readFileSync } from 'node:fs';
import type { Fault } from '../fault.ts';
import { largestFileOfSet, rewritten } from '../repository-damage.ts';

export const flippedByte: Fault = {
  does: 'one byte of a data file in the backup is changed',
  changesRepository: true,
  codes: ['checksum-mismatch'],
  blames: 'pgdrill',
  make: (site) => {
    const file = largestFileOfSet(site);
    if (file === null) return { cannot: 'the backup set has no file of its own' };
    const content = readFileSync(file);
    const middle = Math.floor(content.length / 2);
    content[middle] = (content[middle] ?? 0) ^ 0x55;
    return { undo: rewritten(file, content, site.aside) };
  },
};
