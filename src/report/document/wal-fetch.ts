import type { DrillReport } from '../report.ts';
import type { Fact, Inline, Words } from './blocks.ts';
import { durationText, sizeText } from './words.ts';

type Recovery = NonNullable<DrillReport['recovery']>;

const WAYS = { 'as-configured': 'as configured', ahead: 'ahead of the replay' } as const;

/** How WAL was fetched, and what an earlier run took that fetched it the other way. */
export function walFetchFacts({ walFetch, otherWalFetch: other }: Recovery): Fact[] {
  if (walFetch === null) return [];
  const fact: Fact = ['WAL was fetched', WAYS[walFetch]];
  if (other === null) return [fact];
  const words = `the phase recover took ${durationText(other.recoverMs)} with ${sizeText(other.walBytes)} of WAL, in run `;
  return [fact, [`WAL fetched ${WAYS[other.walFetch]}, in an earlier run`, [words, { code: other.runId }]]];
}

/** Whether the RTO of a run is that of a recovery which fetches its WAL ahead, whatever production's configuration says. */
export function isAhead({ recovery }: Pick<DrillReport, 'recovery'>): boolean {
  return recovery?.walFetch === 'ahead';
}

/** To be said beside the RTO, in few words; empty for a recovery as configured. */
export function rtoOfAheadText(report: Pick<DrillReport, 'recovery'>): string {
  return isAhead(report) ? 'with WAL fetched ahead of the replay, and not as configured' : '';
}

/** Options of pgBackRest that have more than one segment fetched at a time. */
const OF_THE_QUEUE = ['archive-async', 'archive-get-queue-max', 'process-max'];

/** What a recovery in earnest would need to have the RTO of such a run; nothing for one as configured. */
export function aheadNeeds(report: Pick<DrillReport, 'recovery' | 'sandbox'>): Words[] {
  if (!isAhead(report)) return [];
  const options = report.sandbox.settings.filter(({ name }) => OF_THE_QUEUE.includes(name));
  const written = options.flatMap(({ name, drill }, at): Inline[] => [
    ...(at === 0 ? [] : [', ']),
    { code: `${name}=${drill}` },
  ]);
  return [
    [
      'WAL was fetched ahead of the replay: the RTO is that of a recovery which does the same. ',
      { code: 'drill recover-script' },
      ' prints one. A plain restore gains a part of it when pgbackrest.conf has these in ',
      { code: '[global:archive-get]' },
      ': ',
      ...written,
      '; with a ',
      { code: 'spool-path' },
      ' that the user of PostgreSQL may write to, and has room for the queue. A drill as configured then measures how much.',
    ],
  ];
}
