import { statementOver, type Statement } from './statement.ts';

/** The claim that a bundle was made of a record with these files. */
const BUNDLE = 'urn:pgdrill:attestation:bundle:v1';

/** The statement over the list of all files of a bundle. It has no time in it: the same bundle has the same statement. */
export function bundleStatement(file: string, sha256: string, terms: Statement['predicate']): Statement {
  return statementOver({ [file]: sha256 }, BUNDLE, terms);
}

/** The SHA-256 of the list that a statement is about. Throws for a statement of another kind. */
export function readBundleStatement({ predicateType, subject: [subject, ...more] }: Statement): string {
  if (predicateType !== BUNDLE || subject === undefined || more.length > 0)
    throw new Error('it is no statement about a bundle');
  return subject.digest.sha256;
}
