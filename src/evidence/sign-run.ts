import { basename, join } from 'node:path';
import { DrillError } from '../core/errors.ts';
import type { DrillReport } from '../report/report.ts';
import type { LedgerPlace } from '../store/attestor.ts';
import type { Ledger } from '../store/ledger/ledger.ts';
import { STATEMENT_FILES } from '../store/manifest.ts';
import { replaceFile } from '../store/replace-file.ts';
import { readWhole } from '../store/settle.ts';
import { attestorWith } from './attestor.ts';
import type { Signer } from './signer.ts';
import { isThere } from './verify/read-file.ts';
import { trustIn } from './verify/trust.ts';
import { verifyLedger } from './verify/verify-ledger.ts';
import { runOf, verifyReports } from './verify/verify-reports.ts';

const STATEMENTS: readonly string[] = Object.values(STATEMENT_FILES);

/**
 * Signs a run that is on record and was not signed, by its folder. Whoever signs vouches for what is there now, so a run of
 * which anything was changed since is refused. Throws a DrillError.
 */
export async function signRun(folder: string, ledger: Ledger, signer: Signer): Promise<void> {
  ledger.requireOwn();
  const isSigned = STATEMENTS.every((name) => isThere(join(folder, name)));
  if (isSigned) throw new DrillError('not-found', `the run is signed already: ${folder}`);
  const whole = readWhole(folder);
  if (whole === null) throw new DrillError('not-found', `${join(folder, 'report.json')} cannot be read as a report`);
  const { report, digests } = whole;
  if (digests.manifest === null) {
    throw new DrillError('not-found', `${folder} has no manifest, which is what is signed`, {
      hint: 'a run of before the ledger cannot be signed; the SHA-256 of its report is on record since it was adopted',
    });
  }
  refuseChanged(report, ledger.directory, signer);
  const place = placeOf(report, ledger.directory, signer);
  const attestor = attestorWith(signer);
  const made = { report, digests: { report: digests.report, manifest: digests.manifest }, ledger: place };
  for (const [name, text] of Object.entries(await attestor.statements(made))) replaceFile(folder, name, text);
  await attestor.sealLedger(ledger);
}

function refuseChanged({ drill, runId }: DrillReport, reports: string, { publicKey }: Signer): void {
  const { problems } = verifyReports({ reports, runs: runOf(runId), keys: [publicKey] });
  const wrong = problems.find(
    ({ file }) => file.startsWith(`${drill}/${runId}/`) && !STATEMENTS.includes(basename(file)),
  );
  if (wrong) throw new DrillError('not-found', `the run is not signed: ${wrong.file}: ${wrong.what}`);
}

function placeOf({ drill, runId }: DrillReport, reports: string, { publicKey }: Signer): LedgerPlace | null {
  const { id, lines } = verifyLedger(reports, trustIn(reports, [publicKey]));
  const begun = lines.find(({ line }) => line.kind === 'begun' && line.drill === drill && line.run === runId);
  return id === null ? null : { id, begun: begun?.sha256 ?? null };
}
