import { FINDING_CODES } from '../../src/check-up/finding-codes.ts';
import { markdownTable } from './markdown-table.ts';

/** All codes of findings, as they stand in the source: the worst first. */
export function findingTable(): string {
  const rows = Object.entries(FINDING_CODES).map(([code, { level, means }]) => [`\`${code}\``, level, means]);
  return markdownTable(['Code', 'Level', 'Meaning'], rows);
}
