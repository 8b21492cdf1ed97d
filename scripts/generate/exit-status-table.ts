import { EXIT_STATUS_HELP } from '../../src/cli/exit-status.ts';
import { markdownTable } from './markdown-table.ts';

/** The table of exit statuses, from the text that `--help` shows. */
export function exitStatusTable(): string {
  const rows = EXIT_STATUS_HELP.split('\n').flatMap((line) => {
    const [, status, meaning] = /^ {2}(\d+) +(.*)$/.exec(line) ?? [];
    return status && meaning ? [[status, meaning]] : [];
  });
  return markdownTable(['Status', 'Meaning'], rows);
}
