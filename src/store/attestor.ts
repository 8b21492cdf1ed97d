import type { DrillReport } from '../report/report.ts';
import type { Ledger } from './ledger/ledger.ts';

/** Where a run stands in a ledger. */
export interface LedgerPlace {
  /** The id of the ledger. */
  readonly id: string;
  /** SHA-256 of the line that says that the run has begun; null: it was adopted later. */
  readonly begun: string | null;
}

/** What is signed of a run. */
export interface SignedRun {
  readonly report: DrillReport;
  readonly digests: { readonly report: string; readonly manifest: string };
  /** Null: the run is not on record. */
  readonly ledger: LedgerPlace | null;
}

/** Whoever signs what a run leaves behind. */
export interface Attestor {
  readonly keyId: string;
  /** Why a ledger is not the one that was signed, as far as can be told without reading all of it; null: it seems to be. */
  doubtAbout(ledger: Ledger): string | null;
  /** The signed statements over a run, by the names of their files. Throws a DrillError when they cannot be signed. */
  statements(run: SignedRun): Promise<Readonly<Record<string, string>>>;
  /** Signs how far a ledger goes now, so that it is seen when its end is cut off. Throws a DrillError. */
  sealLedger(ledger: Ledger): Promise<void>;
}
