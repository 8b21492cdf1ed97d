import type { Promises, StanzaFacts } from './facts.ts';
import { badness, finding, type Finding } from './finding-codes.ts';
import { repositoryFindings } from './judge-repository.ts';
import { duration } from './words.ts';

/** The worst first; of the same level in the order in which they were looked for. */
export function judge(facts: StanzaFacts, promised: Promises): Finding[] {
  const found = [
    ...facts.repositories.flatMap((repository) => repositoryFindings(repository, promised, facts.now)),
    ...lockFindings(facts, promised),
    ...facts.remarks.map(({ message, hint }) => finding('config-option-unknown', null, message, hint)),
  ];
  return found.toSorted((a, b) => badness(b.level) - badness(a.level));
}

/** A backup that takes longer than a backup may be old cannot keep the promise; without one, a day is very long. */
const USUAL_LOCK_MS = 86_400_000;

function lockFindings({ locks }: StanzaFacts, { backupAgeMs }: Promises): Finding[] {
  return (locks ?? [])
    .filter(({ heldMs }) => heldMs > (backupAgeMs ?? USUAL_LOCK_MS))
    .map(({ path, pid, heldMs }) =>
      finding(
        'lock-held-long',
        null,
        `process ${pid} has held the lock of a backup, ${path}, for ${duration(heldMs)}: no other backup can begin`,
        'look whether it still gets on; if not, end that process',
      ),
    );
}
