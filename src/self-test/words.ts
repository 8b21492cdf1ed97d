import { counted } from '../report/document/words.ts';
import type { FaultResult, GroundKind, SelfTestDocument } from './document.ts';

/** What each repository is, in words. */
export const GROUNDS: Readonly<Record<GroundKind, string>> = {
  original: "the plan's own repository, which was only read",
  copy: "a private copy of what is needed of the plan's repository",
  own: 'a small repository of its own',
};

/** The same where it stands beside others. */
export const SHORT_GROUNDS: Readonly<Record<GroundKind, string>> = {
  original: "the plan's own repository, only read",
  copy: 'a private copy of it',
  own: 'a small one of its own',
};

/** What a self-test came to, in a sentence or two. */
export function meaningOf(document: SelfTestDocument): string {
  const { outcome, faults, isWhole } = document;
  const count = `${faults.filter(isCaught).length} of ${counted(faults.length, 'fault')}`;
  if (outcome === 'passed')
    return isWhole
      ? `this runner was shown to fail when it must: ${count} caught.`
      : `${count} caught; others were not asked for.`;
  if (outcome === 'failed') return missedText(document);
  if (outcome === 'cancelled') return 'it was ended before its end, so nothing is shown.';
  return 'not all of it was shown, so this runner was not shown to fail when it must.';
}

function isCaught({ result }: FaultResult): boolean {
  return result === 'caught';
}

function missedText({ faults, pgdrill }: SelfTestDocument): string {
  const missed = faults.filter(({ result }) => result === 'missed');
  const ofPgdrill = missed.filter(({ blames }) => blames === 'pgdrill').map(({ fault }) => fault);
  if (ofPgdrill.length === 0)
    return 'the checks of this plan cannot fail: a drill of it passed with nothing there that they ask for. Its reports show nothing of the data.';
  return `a drill passed that had to fail: ${ofPgdrill.join(', ')}. No report of this runner of this version (pgdrill ${pgdrill}) can be relied on.`;
}

/** With which programs it was. */
export function versionsText({ pgdrill, postgres, pgbackrest }: SelfTestDocument): string {
  return [
    `pgdrill ${pgdrill}`,
    ...(postgres === null ? [] : [`PostgreSQL ${postgres}`]),
    ...(pgbackrest === null ? [] : [`pgBackRest ${pgbackrest}`]),
  ].join(', ');
}

/** Which repositories the faults were made on. */
export function repositoriesText({ faults, controls, notCopied }: SelfTestDocument): string {
  const used = [...new Set(controls.map(({ repository }) => repository))];
  const texts = used.map((kind) => {
    const count = faults.filter(({ repository }) => repository === kind).length;
    return `${SHORT_GROUNDS[kind]} (${counted(count, 'fault')})`;
  });
  return `${texts.join('; ')}${notCopied === null ? '' : `; no copy was made: ${notCopied}`}`;
}
