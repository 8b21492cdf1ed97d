import { TRIAL_SECTIONS, TRIALS } from '../../test/trials/table.ts';
import { markdownTable } from './markdown-table.ts';

/** All trials, a table for each section that has any. */
export function trialTables(): string {
  return Object.entries(TRIAL_SECTIONS)
    .filter(([letter]) => TRIALS.some(({ id }) => id.startsWith(letter)))
    .map(([letter, title]) => `## ${letter}. ${title}\n\n${tableOf(letter)}`)
    .join('\n');
}

function tableOf(letter: string): string {
  const rows = TRIALS.filter(({ id }) => id.startsWith(letter)).map(({ id, input, ending, code, says }) => [
    id,
    input,
    ending ?? '',
    code === null ? '' : `\`${code}\``,
    says === null ? '' : ending === null ? says : `“${says}”`,
  ]);
  return markdownTable(['Trial', 'Input', 'Ends', 'Code', 'Says'], rows);
}
