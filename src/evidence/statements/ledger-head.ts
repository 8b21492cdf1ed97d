import { z } from 'zod';
import { statementOver, type Statement } from './statement.ts';

/** The claim how far a ledger goes. */
const LEDGER_HEAD = 'urn:pgdrill:attestation:ledger-head:v1';

/** The file of it, beside the ledger. */
export const LEDGER_HEAD_FILE = 'ledger.head.dsse.json';

/** The same as one key has signed it the last time: what another key signs takes its place nowhere. */
export function ownHeadFile(keyId: string): string {
  return `ledger.head.${keyId}.dsse.json`;
}

const headSchema = z.strictObject({
  ledger: z.string(),
  lines: z.int().min(1),
  /** Where the last of them begins in the file, and where it ends with its newline. */
  start: z.int().min(0),
  end: z.int().min(1),
  at: z.iso.datetime(),
});

/** How far a ledger went when it was signed; `sha256` is the one of the last line. */
export type SignedHead = z.output<typeof headSchema> & { readonly sha256: string };

/** The statement over the last line of a ledger. */
export function ledgerHead({ ledger, lines, start, end, at, sha256 }: SignedHead): Statement {
  return statementOver({ [`ledger.jsonl line ${lines}`]: sha256 }, LEDGER_HEAD, { ledger, lines, start, end, at });
}

/** What a statement says about a ledger. Throws for a statement of another kind. */
export function readHead({ predicateType, predicate, subject: [subject] }: Statement): SignedHead {
  if (predicateType !== LEDGER_HEAD || subject === undefined) throw new Error('it is no statement about a ledger');
  return { ...headSchema.parse(predicate), sha256: subject.digest.sha256 };
}
