import { join } from 'node:path';
import type { Review } from '../report/review.ts';
import { digestOfText } from '../store/digest.ts';
import { SIGN_OFF_FILE } from '../store/manifest.ts';
import { readPastSignOffs, type PastSignOff } from '../store/past-sign-offs.ts';
import { openEnvelope } from './dsse.ts';
import { readSignOff } from './statements/sign-off.ts';
import { parseStatement } from './statements/statement.ts';
import { namesIn, textOf } from './verify/read-file.ts';

/**
 * What those have said who looked at runs, as the ledger has it on record: of one run, or of all; by `drill/run`, oldest first.
 * What they noted comes from their statement. A statement that is not on record counts for nothing. Whether a signature holds is
 * not looked at: that is for `drill evidence verify`.
 */
export function readSignOffs(
  reports: string,
  of: { readonly drill: string; readonly run: string } | null,
): ReadonlyMap<string, readonly Review[]> {
  const byRun = Map.groupBy(onceEach(readPastSignOffs(reports, of)), ({ drill, run }) => `${drill}/${run}`);
  return new Map(
    [...byRun].map(([name, recorded]) => {
      const found = statementsIn(join(reports, name));
      return [name, recorded.map((line) => reviewOf(line, found.get(line.statement)))];
    }),
  );
}

/** A statement that is put on record again says nothing new: whoever has no key can do that. */
function onceEach(lines: readonly PastSignOff[]): PastSignOff[] {
  const first = new Map(lines.toReversed().map((line) => [line.statement, line]));
  return lines.filter((line) => first.get(line.statement) === line);
}

interface Found {
  readonly file: string;
  readonly text: string;
}

/** The statements in the folder of a run, by their SHA-256. */
function statementsIn(folder: string): ReadonlyMap<string, Found> {
  const files = namesIn(folder).filter((name) => SIGN_OFF_FILE.test(name));
  return new Map(
    files.flatMap((file): [string, Found][] => {
      try {
        const text = textOf(join(folder, file));
        return [[digestOfText(text), { file, text }]];
      } catch {
        return []; // It cannot be read, which is as if it were not there.
      }
    }),
  );
}

function reviewOf(line: PastSignOff, found: Found | undefined): Review {
  const { by, decision, at } = line;
  const said = found === undefined ? null : saidIn(found.text);
  const fits = said?.runId === line.run && said.drill === line.drill && said.by === by && said.decision === decision;
  if (!found || !said || !fits) return { by, decision, note: null, at, file: null };
  return { by, decision, note: said.note, at: said.at, file: found.file };
}

function saidIn(text: string): ReturnType<typeof readSignOff> | null {
  try {
    return readSignOff(parseStatement(openEnvelope(text).body));
  } catch {
    return null;
  }
}
