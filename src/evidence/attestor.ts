import type { Attestor } from '../store/attestor.ts';
import { STATEMENT_FILES } from '../store/manifest.ts';
import { doubtAbout, sealLedger } from './seal-ledger.ts';
import type { Signer } from './signer.ts';
import { restoreDrill } from './statements/restore-drill.ts';
import { signStatement } from './statements/statement.ts';
import { testResult } from './statements/test-result.ts';

/** Signs runs, and the ledger, with a key. */
export function attestorWith(signer: Signer): Attestor {
  return {
    keyId: signer.keyId,
    doubtAbout: (ledger) => doubtAbout(ledger, signer),
    statements: async (run) => ({
      [STATEMENT_FILES.drill]: await signStatement(restoreDrill(run), [signer]),
      [STATEMENT_FILES.test]: await signStatement(testResult(run), [signer]),
    }),
    sealLedger: (ledger) => sealLedger(ledger, signer),
  };
}
