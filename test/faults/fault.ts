import type { TrialEnding, TrialRow } from '../trials/row.ts';

/** Where a fault lies, in the order of the document. */
export const FAULT_AREAS = {
  repository: 'Repository',
  wal: 'WAL',
  timelines: 'Timelines',
  configuration: 'Configuration, plan and command line',
  host: 'The machine of the drill, and the way to it',
  database: 'Database and checks',
  timing: 'Timing',
  process: 'Processes',
} as const;

export type FaultArea = keyof typeof FAULT_AREAS;

/**
 * Whose the fault is. A fault of the backup (of the data, of production, of what was promised) must never pass, one of the
 * machine must never count against the backup, what a person mistyped neither; what harms no recovery must pass. `drill`: a
 * fault of pgdrill itself, which must not pass.
 */
export type FaultOwner = 'backup' | 'machine' | 'person' | 'nobody' | 'drill';

/** One fault, and how a drill has to end that meets it. */
export interface Fault extends TrialRow {
  readonly ending: TrialEnding;
  readonly area: FaultArea;
  readonly of: FaultOwner;
  /** It is run by `npm run test:faults` alone, since it takes more than a few seconds. */
  readonly long: boolean;
  /** Why it is right that the drill ends so, where that is not what one expects. Null: it is. */
  readonly why: string | null;
}

/** The exit statuses that such an ending has. Cancelled: by Ctrl-C, SIGTERM or SIGHUP. None: the program was killed. */
export function statusesOf({ ending, code }: Pick<TrialRow, 'ending' | 'code'>): readonly (number | null)[] {
  if (ending === 'refused') return [code === 'busy' ? 5 : 2];
  if (ending === 'passed') return [code === 'cleanup-failed' ? 4 : 0];
  if (ending === 'cancelled') return [130, 143, 129];
  if (ending === 'failed') return [1];
  return [ending === 'killed' ? null : 3];
}

/** The backup would not have served, and the drill passed. */
export const isFalsePass = ({ of, ending }: Pick<Fault, 'of' | 'ending'>): boolean =>
  (of === 'backup' || of === 'drill') && ending === 'passed';

/** Nothing is wrong with the backup, and the drill failed. */
export const isFalseAlarm = ({ of, ending }: Pick<Fault, 'of' | 'ending'>): boolean =>
  (of === 'machine' || of === 'nobody' || of === 'person') && ending === 'failed';
