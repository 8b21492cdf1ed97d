import type { Told } from '../targets/kind.ts';

/** A way out of a disaster. */
export interface Procedure {
  readonly title: string;
  /** When it is the right one, in a sentence. */
  readonly when: string;
  /** Which drills show that it works. */
  readonly rehearsedBy: Told['rehearses'];
  /** How to drill it: the options behind `drill run PLAN`. */
  readonly drillWith: readonly string[];
}

/** All procedures of a runbook, by their names, in its order. */
export const PROCEDURES = {
  latest: {
    title: 'Restore to the latest state',
    when: 'The cluster is lost, and no standby of it is healthy.',
    rehearsedBy: 'latest',
    drillWith: ['--latest'],
  },
  pointInTime: {
    title: 'Restore to a point in time',
    when: 'People or an application damaged the data, on all servers alike.',
    rehearsedBy: 'point-in-time',
    drillWith: ['--target-time', '-1h'],
  },
  standby: {
    title: 'Build a standby again from the backup',
    when: 'The primary is healthy, and a standby is lost.',
    rehearsedBy: 'standby',
    drillWith: ['--standby'],
  },
  singleTable: {
    title: 'Get back single tables',
    when: 'A part of the data is lost, and the rest has to go on.',
    rehearsedBy: 'point-in-time',
    drillWith: ['--target-time', '-1h'],
  },
} as const satisfies Record<string, Procedure>;

export type ProcedureName = keyof typeof PROCEDURES;
