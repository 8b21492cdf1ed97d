import { FINDING_CODES } from '../../src/checks/integrity/findings.ts';
import { holds, LEVELS } from '../../src/checks/integrity/levels.ts';
import { PART_IDS, partOf } from '../../src/checks/integrity/parts.ts';
import { markdownTable } from './markdown-table.ts';

/** The parts of the integrity checks in their order, and the levels that hold them. */
export function partTable(): string {
  const rows = PART_IDS.map((id) => {
    const { asks, from } = partOf(id);
    // A promise has to be given.
    const marks = LEVELS.map((level) => (id !== 'promised' && holds(level, from) ? '✓' : ''));
    return [`\`${id}\``, asks, ...marks];
  });
  return markdownTable(['Part', 'What it asks', ...LEVELS], rows);
}

/** All codes of findings, as they stand in the source: the worst first. */
export function integrityFindingTable(): string {
  const rows = Object.entries(FINDING_CODES).map(([code, { weight, means }]) => [`\`${code}\``, weight, means]);
  return markdownTable(['Code', 'Weight', 'Meaning'], rows);
}
