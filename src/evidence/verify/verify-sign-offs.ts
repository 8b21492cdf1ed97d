import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { LEDGER_FILE } from '../../store/ledger/ledger.ts';
import type { LinePlace, SignedOffEntry } from '../../store/ledger/line.ts';
import { SIGN_OFF_FILE, signOffFile } from '../../store/manifest.ts';
import { readSignOff } from '../statements/sign-off.ts';
import { problemWith, type Problem } from './problem.ts';
import { namesIn, sha256Of } from './read-file.ts';
import { signedStatement } from './signed-statement.ts';
import type { Trust } from './trust.ts';

/** A line of the ledger about somebody who has looked at a run. */
export interface RecordedSignOff {
  readonly at: number;
  readonly line: SignedOffEntry & LinePlace;
}

interface ReviewedRun {
  readonly reports: string;
  readonly drill: string;
  readonly run: string;
  /** The SHA-256 of the report, as the ledger has it. */
  readonly report: string;
  readonly trust: Trust;
  readonly recorded: readonly RecordedSignOff[];
}

/** What is wrong with the sign-offs of a run, and the keys of those that nothing is wrong with. */
interface VerifiedSignOffs {
  readonly problems: readonly Problem[];
  readonly keys: readonly string[];
}

/**
 * Compares the statements of those who have looked at a run with the ledger: each is about this report, and on record once, in
 * the order of their numbers. Of a run that is gone nothing is said: that is told already.
 */
export function verifySignOffs(reviewed: ReviewedRun): VerifiedSignOffs {
  const { reports, drill, run } = reviewed;
  const name = `${drill}/${run}`;
  const names = namesIn(join(reports, name));
  if (names.length === 0) return { problems: [], keys: [] };
  const files = names.filter((file) => SIGN_OFF_FILE.test(file)).toSorted((a, b) => numberIn(a) - numberIn(b));
  const found = new Map(files.map((file) => [file, looked(join(reports, name, file), reviewed)]));
  // Lines that have changed their places are told of the ledger.
  const recorded = reviewed.recorded.toSorted((a, b) => a.line.line - b.line.line);
  const taken = taking(recorded, found);
  const wrong = recorded.map((record, index) => wrongWith(record, { name, file: taken[index] ?? '', taken, found }));
  const others = files.filter((file) => !taken.includes(file));
  return {
    problems: [
      ...wrong.flatMap((one) => one ?? []),
      ...others.map((file) =>
        problemWith(`${name}/${file}`, found.get(file)?.problem ?? 'it is not on record in the ledger'),
      ),
    ],
    keys: recorded.flatMap(({ line }, index) => (wrong[index] === null ? [line.key] : [])),
  };
}

/** Which file each line is about: the one that it names by its SHA-256, else the one that has its number. */
function taking(recorded: readonly RecordedSignOff[], found: ReadonlyMap<string, Looked>): string[] {
  const left = new Set(found.keys());
  const take = (file: string | undefined): string | null => (file !== undefined && left.delete(file) ? file : null);
  const named = recorded.map(({ line }, index) => {
    const same = [...left].filter((file) => found.get(file)?.sha256 === line.statement);
    const own = signOffFile(index + 1);
    return take(same.includes(own) ? own : same[0]);
  });
  return named.map((file, index) => file ?? take(signOffFile(index + 1)) ?? signOffFile(index + 1));
}

function numberIn(file: string): number {
  return Number(file.split('.')[1]);
}

interface Place {
  readonly name: string;
  readonly file: string;
  /** The file of each line on record. */
  readonly taken: readonly string[];
  readonly found: ReadonlyMap<string, Looked>;
}

/** What is wrong with a statement on record; null: nothing. */
function wrongWith({ at, line }: RecordedSignOff, { name, file, taken, found }: Place): Problem | null {
  const statement = found.get(file);
  const ofTheFile = (what: string): Problem => problemWith(`${name}/${file}`, what);
  if (statement === undefined) return ofTheFile(`it is missing: line ${at} of the ledger has it on record`);
  if (statement.problem !== null) return ofTheFile(statement.problem);
  if (statement.sha256 !== line.statement)
    return ofTheFile(`it is not the statement that line ${at} of the ledger has on record`);
  if (taken.slice(0, taken.indexOf(file)).some((one) => numberIn(one) > numberIn(file)))
    return ofTheFile(`it has the place of an earlier one: line ${at} of the ledger has it on record behind that`);
  const { said } = statement;
  return said?.by === line.by && said.decision === line.decision && said.key === line.key
    ? null
    : { file: LEDGER_FILE, line: at, what: `it does not fit ${name}/${file}` };
}

interface Looked {
  readonly problem: string | null;
  /** Null: it cannot be read. */
  readonly sha256: string | null;
  /** Null: it cannot be believed. */
  readonly said: { readonly by: string; readonly decision: string; readonly key: string } | null;
}

function looked(path: string, { drill, run, report, trust }: ReviewedRun): Looked {
  let sha256: string | null = null;
  try {
    sha256 = sha256Of(path);
    const { statement, keyId: key } = signedStatement(path, { keys: trust.reviewers });
    const said = readSignOff(statement);
    const isAboutIt = said.drill === drill && said.runId === run && said.report === report;
    return { problem: isAboutIt ? null : 'it is about another report', sha256, said: { ...said, key } };
  } catch (error) {
    return { problem: messageOf(error), sha256, said: null };
  }
}
