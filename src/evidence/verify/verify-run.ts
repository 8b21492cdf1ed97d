import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../core/errors.ts';
import { reportSchema, type DrillReport } from '../../report/report.ts';
import type { LedgerPlace } from '../../store/attestor.ts';
import { endedEntry } from '../../store/ledger/entries.ts';
import { LEDGER_FILE } from '../../store/ledger/ledger.ts';
import type { EndedEntry } from '../../store/ledger/line.ts';
import { MANIFEST_FILE, STATEMENT_FILES } from '../../store/manifest.ts';
import { RESTORE_DRILL, restoreDrill } from '../statements/restore-drill.ts';
import type { Statement } from '../statements/statement.ts';
import { TEST_RESULT, testResult } from '../statements/test-result.ts';
import { REPORT_WITHOUT_VALUES, type Extent } from './extent.ts';
import { verifyManifest } from './verify-manifest.ts';
import { problemWith, type Problem } from './problem.ts';
import { isThere, namesIn, sha256Of, textOf, whyClosed } from './read-file.ts';
import { signedStatement, type SignedStatement } from './signed-statement.ts';
import type { Trust } from './trust.ts';
import type { PlacedLine } from './verify-ledger.ts';

const REPORT_FILE = 'report.json';

/** A run that has ended, as the ledger has it. */
export interface RecordedRun {
  readonly reports: string;
  /** The line of its end, and what that says. */
  readonly at: number;
  readonly entry: EndedEntry;
  /** The line of its beginning; null: it has none that can be read. */
  readonly begun: PlacedLine | null;
  readonly trust: Trust;
  readonly files: Extent['files'];
}

/** What is wrong with a run, and whether anybody vouches for it. */
export interface VerifiedRun {
  readonly problems: readonly Problem[];
  readonly isSigned: boolean;
  /** The key that both the ledger and the report name; null: none, or they do not agree. */
  readonly key: string | null;
}

/** Checks every file of a run against what was signed, or else against the ledger; and both against the report. */
export function verifyRun(run: RecordedRun): VerifiedRun {
  const { reports, entry, at } = run;
  const folder = join(reports, entry.drill, entry.run);
  if (namesIn(folder).length > 0) return new RunCheck(run).result();
  const what = whyClosed(folder) ?? `the run is missing: line ${at} of the ledger has it on record`;
  return { problems: [problemWith(`${entry.drill}/${entry.run}`, what)], isSigned: entry.key !== null, key: null };
}

/** The statements over a run, and what each has to say of its report. */
const STATEMENTS = {
  [STATEMENT_FILES.drill]: { type: RESTORE_DRILL, make: restoreDrill },
  [STATEMENT_FILES.test]: { type: TEST_RESULT, make: testResult },
} as const;

interface FoundStatement {
  readonly file: keyof typeof STATEMENTS;
  /** Null: it cannot be believed. */
  readonly signed: SignedStatement | null;
}

class RunCheck {
  readonly #run: RecordedRun;
  readonly #name: string;
  readonly #folder: string;
  readonly #problems: Problem[] = [];

  constructor(run: RecordedRun) {
    this.#run = run;
    this.#name = `${run.entry.drill}/${run.entry.run}`;
    this.#folder = join(run.reports, run.entry.drill, run.entry.run);
  }

  get #reportFile(): string {
    return this.#run.files === 'all' ? REPORT_FILE : REPORT_WITHOUT_VALUES;
  }

  result(): VerifiedRun {
    const { entry } = this.#run;
    const isSigned = entry.key !== null || Object.keys(STATEMENTS).some((file) => isThere(join(this.#folder, file)));
    const statements = isSigned ? this.#statements() : [];
    const digests = this.#digests(statements[0]?.signed?.statement ?? null);
    // A report without values is another file than was signed. All that is signed of it can be compared still.
    const reportHolds = this.#run.files !== 'all' || this.#holds(REPORT_FILE, digests.report, entry.report);
    if (digests.manifest !== null || entry.manifest !== null) {
      if (this.#holds(MANIFEST_FILE, digests.manifest, entry.manifest)) this.#checkFiles(reportHolds);
    }
    const report = reportHolds ? this.#reading(this.#reportFile, reportIn) : null;
    const fits = report !== null && fitsLine(report, entry);
    if (report !== null) {
      if (!fits) this.#wrongLine(`it does not fit ${this.#name}/${this.#reportFile}`);
      const about = { report: digests.report ?? entry.report, manifest: digests.manifest ?? entry.manifest ?? '' };
      this.#checkStatements(statements, report, about);
    }
    return { problems: this.#problems, isSigned, key: fits ? entry.key : null };
  }

  /** The first of them is our own. */
  #statements(): FoundStatement[] {
    const files = Object.keys(STATEMENTS) as (keyof typeof STATEMENTS)[];
    return files.map((file) => ({
      file,
      signed: this.#reading(file, (path) => statementOfRun(path, this.#run, STATEMENTS[file].type)),
    }));
  }

  /** The digests that were signed; the line of the ledger has to name them, too. */
  #digests(statement: Statement | null): { report: string | null; manifest: string | null } {
    const { entry } = this.#run;
    const signed = { report: digestIn(statement, REPORT_FILE), manifest: digestIn(statement, MANIFEST_FILE) };
    if (signed.report !== null && signed.report !== entry.report)
      this.#wrongLine(`it names another ${REPORT_FILE} than was signed`);
    if (signed.manifest !== null && signed.manifest !== entry.manifest)
      this.#wrongLine(`it names another ${MANIFEST_FILE} than was signed`);
    return signed;
  }

  #holds(file: string, signed: string | null, recorded: string | null): boolean {
    const found = this.#reading(file, sha256Of);
    if (found === null) return false;
    if (found === (signed ?? recorded)) return true;
    const whose = signed === null ? `that line ${this.#run.at} of the ledger names` : 'that was signed';
    this.#wrong(file, `it was changed: its SHA-256 is not the one ${whose}`);
    return false;
  }

  /** A report that is known to be wrong is not named again. */
  #checkFiles(reportHolds: boolean): void {
    for (const { file, what } of verifyManifest(this.#folder, this.#run))
      if (reportHolds || file !== REPORT_FILE) this.#wrong(file, what);
  }

  #checkStatements(
    statements: readonly FoundStatement[],
    report: DrillReport,
    digests: { readonly report: string; readonly manifest: string },
  ): void {
    const named = report.record.keyId;
    for (const { file, signed } of statements) {
      if (signed === null) continue;
      const { statement, keyId } = signed;
      if (named !== null && keyId !== named)
        this.#wrong(file, `it is signed with the key ${keyId}, and ${this.#reportFile} names the key ${named}`);
      const made = STATEMENTS[file].make({ report, digests, ledger: placeIn(statement) });
      if (!isDeepStrictEqual(made, statement)) this.#wrong(file, `it does not fit ${this.#reportFile}`);
      if (file === STATEMENT_FILES.drill) this.#checkBeginning(placeIn(statement));
    }
  }

  /** A run that was adopted may have been signed before. */
  #checkBeginning(signed: LedgerPlace | null): void {
    const { entry, begun, at } = this.#run;
    if (entry.recorded === 'adopted' || signed?.begun === begun?.sha256) return;
    const what = begun === null ? 'the line of its beginning is missing' : 'it is not the line that was signed';
    this.#problems.push({ file: LEDGER_FILE, line: begun?.at ?? at, what: `${what}, of the run ${entry.run}` });
  }

  #reading<T>(file: string, read: (path: string) => T): T | null {
    try {
      return read(join(this.#folder, file));
    } catch (error) {
      this.#wrong(file, messageOf(error));
      return null;
    }
  }

  #wrong(file: string, what: string): void {
    this.#problems.push(problemWith(`${this.#name}/${file}`, what));
  }

  #wrongLine(what: string): void {
    this.#problems.push({ file: LEDGER_FILE, line: this.#run.at, what });
  }
}

/** A statement about this very run, by the key that the ledger names. */
function statementOfRun(path: string, { trust, entry }: RecordedRun, type: string): SignedStatement {
  const signed = signedStatement(path, trust);
  const { predicateType, predicate } = signed.statement;
  // The standard one names no run; that it fits this one is told by its digests.
  if (predicateType !== type || (predicate['runId'] ?? entry.run) !== entry.run)
    throw new Error('it is not the statement about this run');
  return signed;
}

function digestIn(statement: Statement | null, file: string): string | null {
  return statement?.subject.find(({ name }) => name === file)?.digest.sha256 ?? null;
}

function reportIn(path: string): DrillReport {
  const parsed = reportSchema.safeParse(JSON.parse(textOf(path)));
  if (parsed.success) return parsed.data;
  throw new Error('it cannot be read as a report');
}

function fitsLine(report: DrillReport, entry: EndedEntry): boolean {
  const { number, recorded, report: digest, manifest, key } = entry;
  const again = endedEntry(report, { number, recorded, report: digest, manifest, key });
  const isNamed = recorded === 'adopted' || report.record.number === number;
  return isDeepStrictEqual(again, entry) && isNamed && (key === null || report.record.keyId === key);
}

/** Where the run stands in the ledger, as was signed. */
function placeIn(statement: Statement): LedgerPlace | null {
  const { ledger = null } = statement.predicate;
  return ledger as LedgerPlace | null;
}
