import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DrillError } from '../core/errors.ts';
import { digestOf, digestOfText } from '../store/digest.ts';
import type { Ledger } from '../store/ledger/ledger.ts';
import { signOffFile } from '../store/manifest.ts';
import { replaceFile } from '../store/replace-file.ts';
import { headKey, keepPublicKey, sealLedger } from './seal-ledger.ts';
import type { Signer } from './signer.ts';
import { signOffOf, type SignOff } from './statements/sign-off.ts';
import { signStatement } from './statements/statement.ts';
import { isThere } from './verify/read-file.ts';
import { runOf, verifyReports } from './verify/verify-reports.ts';

/** A run, by the names of its folders, and which run of its drill it is. */
interface NumberedRun {
  readonly drill: string;
  readonly run: string;
  readonly number: number;
}

/**
 * Puts on record that somebody has looked at a run: a statement of its own over the report, beside it, and a line of the ledger.
 * Whoever says so vouches for what is there, so a run of which anything was changed is refused. Gives the file of the statement.
 * Throws a DrillError.
 */
export async function signOff(
  ledger: Ledger,
  { drill, run, number }: NumberedRun,
  said: Pick<SignOff, 'by' | 'decision' | 'note'>,
  signer: Signer,
  now = new Date(),
): Promise<string> {
  ledger.requireOwn();
  const folder = join(ledger.directory, drill, run);
  refuseChanged(ledger.directory, `${drill}/${run}`, run);
  const whole: SignOff = { drill, runId: run, ...said, at: now.toISOString() };
  const text = await signStatement(signOffOf(whole, digestOf(join(folder, 'report.json')).sha256), [signer]);
  let file = '';
  const made = ledger.append(() => {
    // Nobody else can write now, so the number stays free until the file is there.
    let count = 1;
    while (isThere(join(folder, signOffFile(count)))) count += 1;
    file = join(folder, signOffFile(count));
    replaceFile(folder, signOffFile(count), text);
    const { by, decision } = said;
    return [{ kind: 'signed-off', drill, run, number, by, decision, statement: digestOfText(text), key: signer.keyId }];
  });
  await made.catch((error: unknown) => {
    // What is not on record was not said.
    if (file !== '') rmSync(file, { force: true });
    throw error;
  });
  // The key of somebody else does not take the place of the one that vouches for all runs.
  const head = headKey(ledger);
  if (head === null || head === signer.keyId) await sealLedger(ledger, signer);
  else keepPublicKey(ledger.directory, signer.publicKey);
  return file;
}

function refuseChanged(reports: string, name: string, run: string): void {
  const { problems } = verifyReports({ reports, runs: runOf(run), keys: null });
  const wrong = problems.find(({ file }) => file === name || file.startsWith(`${name}/`));
  if (!wrong) return;
  throw new DrillError('not-found', `the run cannot be signed off: ${wrong.file}: ${wrong.what}`, {
    hint: 'find out who changed it; a sign-off that was killed leaves a statement that is not on record, which can be removed',
  });
}
