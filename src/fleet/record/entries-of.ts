import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LEDGER_FILE } from '../../store/ledger/ledger.ts';
import { parseLine, type LedgerEntry } from '../../store/ledger/line.ts';

/** What the ledger of a directory of reports says, line by line, without the place of each. A line that cannot be read is left out. */
export function* entriesOf(reports: string): Generator<LedgerEntry> {
  for (const text of readFileSync(join(reports, LEDGER_FILE), 'utf8').split('\n')) {
    try {
      const { v: _version, line: _line, previous: _previous, at: _at, ...entry } = parseLine(text);
      yield entry;
    } catch {
      // The last piece is empty; any other is for verification to name.
    }
  }
}
