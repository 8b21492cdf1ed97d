import { z } from 'zod';
import { statementOver, type Statement } from './statement.ts';

/** The claim that somebody has looked at a run. */
const SIGN_OFF = 'urn:pgdrill:attestation:sign-off:v1';

const signOffSchema = z.strictObject({
  drill: z.string(),
  runId: z.string(),
  by: z.string().min(1),
  /** `follow-up`: something has to be done before the run can be accepted. */
  decision: z.enum(['accepted', 'follow-up']),
  note: z.string().nullable(),
  at: z.iso.datetime(),
});

/** What somebody says of a run. */
export type SignOff = z.output<typeof signOffSchema>;

/** The statement over the report of a run, which stays as it is. */
export function signOffOf(said: SignOff, reportSha256: string): Statement {
  return statementOver({ 'report.json': reportSha256 }, SIGN_OFF, said);
}

/** What a statement says, and of which report. Throws for a statement of another kind. */
export function readSignOff({ predicateType, predicate, subject }: Statement): SignOff & { readonly report: string } {
  const [report, ...more] = subject;
  if (predicateType !== SIGN_OFF || report?.name !== 'report.json' || more.length > 0)
    throw new Error('it is no statement of somebody who has looked at the run');
  return { ...signOffSchema.parse(predicate), report: report.digest.sha256 };
}
