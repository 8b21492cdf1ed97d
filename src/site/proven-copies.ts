import { inOrder } from '../core/in-order.ts';
import type { CopyIdentity } from '../report/copy.ts';
import type { PastRun } from '../store/past-runs.ts';
import { isConclusive, type SiteRun } from './runs.ts';

/** A run that has a report. */
export type EndedRun = SiteRun & { readonly ended: PastRun };

/** A repository of a cluster, and what drills have shown of it. */
export interface ProvenCopy extends CopyIdentity {
  readonly stanza: string;
  readonly systemId: string | null;
  readonly last: EndedRun;
  readonly lastPassed: EndedRun | null;
  /** A drill of it has passed, and none has failed since. */
  readonly proven: boolean;
}

/**
 * Every copy that a run has drilled, by stanza and repository. Another path, bucket, host or cluster under the same number
 * is another copy. What a run did not know agrees with everything, as it does where a run asks for the past of its copies:
 * one that failed early counts against each copy that it may have been about.
 */
export function provenCopies(runs: readonly SiteRun[]): ProvenCopy[] {
  const groups = [...Map.groupBy(runs.filter(hasCopy), (run) => JSON.stringify(identityOf(run))).values()];
  const known = groups.flatMap((of) => of.slice(0, 1).map((first) => ({ identity: identityOf(first), of })));
  const copies = known.filter(({ identity }) => !known.some((other) => isVaguer(identity, other.identity)));
  return copies
    .flatMap(({ identity }) =>
      describe(known.filter((other) => agree(identity, other.identity)).flatMap(({ of }) => of)),
    )
    .toSorted((a, b) => inOrder(a.stanza, b.stanza) || a.key - b.key || inOrder(b.last.startedAt, a.last.startedAt));
}

type Identity = readonly (string | number | null)[];

function hasCopy(run: SiteRun): run is EndedRun {
  return run.ended !== null && run.ended.copy !== null;
}

/** What has to be equal first, then what may be unknown. */
function identityOf({ ended: { stanza, systemId, copy } }: EndedRun): Identity {
  return [stanza, copy?.key ?? null, copy?.host ?? null, systemId, copy?.type ?? null, copy?.location ?? null];
}

const ALWAYS_KNOWN = 3;

function agree(a: Identity, b: Identity): boolean {
  return a.every((part, index) => part === b[index] || (index >= ALWAYS_KNOWN && (part === null || b[index] === null)));
}

function isVaguer(a: Identity, b: Identity): boolean {
  const unknown = (identity: Identity): number => identity.slice(ALWAYS_KNOWN).filter((part) => part === null).length;
  return agree(a, b) && unknown(a) > unknown(b);
}

function describe(unsorted: readonly EndedRun[]): ProvenCopy[] {
  const runs = unsorted.toSorted((a, b) => inOrder(a.startedAt, b.startedAt));
  // The one that knows most of its copy names it.
  const named = runs.findLast(({ ended }) => ended.systemId !== null && ended.copy?.location !== null) ?? runs.at(-1);
  const last = runs.at(-1);
  if (!last || !named?.ended.copy) return [];
  const { stanza, systemId, copy } = named.ended;
  const lastPassed = runs.findLast(({ outcome }) => outcome === 'passed') ?? null;
  const proven = runs.findLast(isConclusive)?.outcome === 'passed';
  return [{ ...copy, stanza, systemId, last, lastPassed, proven }];
}
