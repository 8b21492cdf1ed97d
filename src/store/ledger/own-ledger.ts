import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DrillError, messageOf } from '../../core/errors.ts';

/**
 * Throws `reports-not-writable` where the record of runs is another user's: what this one added to it, root too, the other could
 * not read. What counts is whose a new file there is, since a network file system may give all of them to one user.
 */
export function requireOwnLedger(ledger: string): void {
  const owner = statSync(ledger, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || owner === process.geteuid?.()) return;
  const mine = ownerOfNew(dirname(ledger));
  if (mine === owner) return;
  throw new DrillError(
    'reports-not-writable',
    `the record of runs ${ledger} belongs to the user with the id ${owner}, and this one has the id ${mine}`,
    { hint: `run it as that user (sudo -u '#${owner}' drill …), or name a directory of your own with --reports` },
  );
}

function ownerOfNew(directory: string): number {
  const path = join(directory, `.${randomUUID()}.new`);
  try {
    const descriptor = openSync(path, 'wx', 0o600);
    try {
      return fstatSync(descriptor).uid;
    } finally {
      closeSync(descriptor);
      rmSync(path);
    }
  } catch (error) {
    throw new DrillError('reports-not-writable', `nothing can be written to ${directory}: ${messageOf(error)}`, {
      hint: 'name a directory that you may write to with --reports',
      cause: error,
    });
  }
}
