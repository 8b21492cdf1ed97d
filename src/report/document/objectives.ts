import type { DrillReport } from '../report.ts';
import type { Inline } from './blocks.ts';
import { durationText, NOT_MEASURED } from './words.ts';

/** What was promised, what the run measured, and whether that keeps the promise. */
export interface ObjectiveLine {
  readonly id: 'rto' | 'rpo' | 'backup-age';
  readonly name: string;
  readonly objectiveMs: number | null;
  readonly met: boolean | null;
  /** False: this kind of run does not measure it, so that its objective is neither met nor missed. */
  readonly applies: boolean;
  readonly measuredMs: number | null;
  /** Whether the measured value is only the most that it can be. */
  readonly upperBound: boolean;
  /** The measured value in words; an upper bound says so. */
  readonly measured: string;
  readonly note: string;
}

/** The three things that a plan can promise. */
export function objectiveLines({
  rto,
  rpo,
  backupAge,
}: Pick<DrillReport, 'rto' | 'rpo' | 'backupAge'>): [ObjectiveLine, ObjectiveLine, ObjectiveLine] {
  return [
    {
      id: 'rto',
      name: 'RTO',
      ...rto,
      applies: true,
      upperBound: false,
      measured: durationText(rto.measuredMs),
      note: 'from the first instant of provision to accepting connections at the target',
    },
    { id: 'rpo', name: 'RPO', ...rpo, measured: rpoText(rpo), note: rpoNote(rpo) },
    {
      id: 'backup-age',
      name: 'Backup age',
      ...backupAge,
      applies: true,
      upperBound: false,
      measured: durationText(backupAge.measuredMs),
      note: 'of the newest backup when the run began',
    },
  ];
}

/** Whether an objective was met, as a mark. What was not measured is neither met nor missed. */
export function metMark({ objectiveMs, met, applies }: Pick<ObjectiveLine, 'objectiveMs' | 'met' | 'applies'>): Inline {
  if (!applies) return { tone: 'neutral', mark: 'does not apply' };
  if (objectiveMs === null) return { tone: 'neutral', mark: 'no objective' };
  if (met === null) return { tone: 'neutral', mark: 'not measured' };
  return met ? { tone: 'good', mark: 'met' } : { tone: 'bad', mark: 'missed' };
}

function rpoText({ measuredMs, upperBound, applies }: DrillReport['rpo']): string {
  if (measuredMs === null && !applies) return '–';
  if (measuredMs === null) return NOT_MEASURED;
  return upperBound ? `at most ${durationText(measuredMs)} (upper bound)` : durationText(measuredMs);
}

const RPO_METHODS: Readonly<Record<NonNullable<DrillReport['rpo']['method']>, string>> = {
  'last-replayed-commit': 'the first instant of provision minus the last replayed commit',
  heartbeat:
    'the first instant of provision minus the last replayed commit; the heartbeat ran until there, so what production committed later is lost',
  'backup-stop':
    'the first instant of provision minus the end of the backup, which was taken of a cluster that was shut down',
  'stopped-before-later-commit': 'against the target: recovery stopped right before the first commit after it',
  'target-reached': 'against the target: recovery ended at it',
};

function rpoNote({ method, upperBound, applies, reason }: DrillReport['rpo']): string {
  if (!applies || (method === null && reason !== null)) return reason ?? '';
  if (method === null) return 'no method applies to this run';
  return `${RPO_METHODS[method]}${upperBound ? '; an upper bound: less is lost, or nothing, if production was idle' : ''}`;
}
