import { counted } from '../../report/document/words.ts';
import { anchorText, type Anchor } from '../../evidence/anchor.ts';
import type { Problem } from '../../evidence/verify/problem.ts';
import type { Verification } from '../../evidence/verify/verify-reports.ts';
import { visible } from '../../report/visible.ts';
import type { Style } from './style.ts';

/** How far the ledger goes, for a ticket or a mail; null: there is no last line. */
export function anchorOf({ ledger: { id, lines, sha256 } }: Verification): Anchor | null {
  return id === null || sha256 === null ? null : { ledger: id, lines, sha256 };
}

/** What a verification came to, in lines. */
export function verificationText(found: Verification, style: Style): string {
  const { problems, notes, keys, runs, signedRuns, ledger } = found;
  const extent = `${ledger.lines} lines of the ledger, ${counted(runs, 'run')}, ${signedRuns} of them signed`;
  const verdict =
    problems.length === 0
      ? `${style('green', '✓')} nothing was changed: ${extent}`
      : `${style('red', '✗')} ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}: ${extent}`;
  return [
    ...problems.map((problem) => problemText(problem)),
    verdict,
    ...keys.map((id) => `  key ${id}`),
    ...notes.map((note) => `  note: ${note}`),
    '',
  ].join('\n');
}

function problemText({ file, line, what }: Problem): string {
  return visible(`${file}${line === null ? '' : `, line ${line}`}: ${what}`);
}

/** The same as JSON. */
export function verificationJson(found: Verification): string {
  const anchor = anchorOf(found);
  const { problems, notes, keys, keysOnFirstSight, runs, signedRuns, ledger } = found;
  const shown = { ok: problems.length === 0, problems, notes, keys, keysOnFirstSight, runs, signedRuns };
  return `${JSON.stringify({ ...shown, ledger, anchor: anchor && anchorText(anchor) }, null, 2)}\n`;
}
