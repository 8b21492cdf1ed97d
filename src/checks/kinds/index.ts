import type { ResolvedCheck } from '../../plan/drill-plan.ts';
import type { CheckContext, CheckFinding } from '../check.ts';
import { runCommandCheck } from './command.ts';
import { runSqlCheck } from './sql.ts';

type Kind = ResolvedCheck['kind'];
type OfKind<K extends Kind> = Extract<ResolvedCheck, { kind: K }>;

/** How each kind of check is asked. To add one is to add a file and a line. */
const KINDS: { readonly [K in Kind]: (check: OfKind<K>, context: CheckContext) => Promise<CheckFinding> } = {
  sql: runSqlCheck,
  command: runCommandCheck,
};

/** Asks a check of any kind. */
export function askOneOf<K extends Kind>(check: OfKind<K>, context: CheckContext): Promise<CheckFinding> {
  const kind: K = check.kind;
  return KINDS[kind](check, context);
}
