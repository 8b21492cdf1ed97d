import { z } from 'zod';
import type { Signer } from '../signer.ts';
import { seal } from '../dsse.ts';

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const statementSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256 }) })).min(1),
  predicateType: z.string(),
  predicate: z.record(z.string(), z.unknown()),
});

/** What is claimed (the predicate) of which bytes (the subjects): an in-toto Statement v1. */
export type Statement = z.output<typeof statementSchema>;

/** A statement over files with these digests. */
export function statementOver(
  files: Readonly<Record<string, string>>,
  predicateType: string,
  predicate: Statement['predicate'],
): Statement {
  const subject = Object.entries(files).map(([name, digest]) => ({ name, digest: { sha256: digest } }));
  return { _type: STATEMENT_TYPE, subject, predicateType, predicate };
}

/** A statement in an envelope, signed; the text of a file. */
export function signStatement(statement: Statement, signers: readonly Signer[]): Promise<string> {
  return seal(JSON.stringify(statement), signers);
}

/** Reads the body of an envelope. Throws for anything else than a statement. */
export function parseStatement(body: string): Statement {
  return statementSchema.parse(JSON.parse(body));
}
