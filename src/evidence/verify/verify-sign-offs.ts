import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { LEDGER_FILE } from '../../store/ledger/ledger.ts';
import { SIGN_OFF_FILE } from '../../store/manifest.ts';
import { readSignOff } from '../statements/sign-off.ts';
import { problemWith, type Problem } from './problem.ts';
import { namesIn, sha256Of } from './read-file.ts';
import { signedStatement } from './signed-statement.ts';
import type { Trust } from './trust.ts';
import type { PlacedLine } from './verify-ledger.ts';

interface ReviewedRun {
  readonly reports: string;
  readonly drill: string;
  readonly run: string;
  /** The SHA-256 of the report, as the ledger has it. */
  readonly report: string;
  readonly trust: Trust;
  readonly lines: readonly PlacedLine[];
}

/** Compares the statements of those who have looked at a run with the ledger: each is about this report, and on record. */
export function verifySignOffs(reviewed: ReviewedRun): Problem[] {
  const { reports, drill, run, lines } = reviewed;
  const name = `${drill}/${run}`;
  const recorded = lines.flatMap(({ at: place, line }) =>
    line.kind === 'signed-off' && line.drill === drill && line.run === run ? [{ place, line }] : [],
  );
  const files = namesIn(join(reports, drill, run)).filter((file) => SIGN_OFF_FILE.test(file));
  const found = files.map((file) => ({ file, ...looked(join(reports, drill, run, file), reviewed) }));
  const wrong = found.flatMap(({ file, problem, sha256, said }): Problem[] => {
    const record = recorded.find(({ line }) => line.statement === sha256);
    if (problem !== null) return [problemWith(`${name}/${file}`, problem)];
    if (record === undefined) return [problemWith(`${name}/${file}`, 'it is not on record in the ledger')];
    const { by, decision, key } = record.line;
    return said?.by === by && said.decision === decision && said.key === key
      ? []
      : [{ file: LEDGER_FILE, line: record.place, what: `it does not fit ${name}/${file}` }];
  });
  const gone = recorded.filter(({ line }) => !found.some(({ sha256 }) => sha256 === line.statement));
  return [
    ...wrong,
    ...gone.map(({ place, line }) => ({
      file: LEDGER_FILE,
      line: place,
      what: `the statement of ${line.by} about ${name} is missing, or was changed`,
    })),
  ];
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
    const { statement, keyId: key } = signedStatement(path, trust);
    const said = readSignOff(statement);
    const isAboutIt = said.drill === drill && said.runId === run && said.report === report;
    return { problem: isAboutIt ? null : 'it is about another report', sha256, said: { ...said, key } };
  } catch (error) {
    return { problem: messageOf(error), sha256, said: null };
  }
}
