import { statSync } from 'node:fs';
import { DrillError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import { readMachine } from '../machine/read-machine.ts';
import { drillsIn } from '../store/run-folders.ts';

const USUAL = 'reports';

/**
 * The directory of reports that was asked for, else that of the settings of this machine, else the usual one. Throws `not-found` for one that was named and is not
 * there, and for a drill that has no run in it: a typing error must not look like an empty result.
 */
export function reportsDirectory(asked: string | undefined, drill: string | undefined, env: NodeJS.ProcessEnv): string {
  const reports = asked ?? readMachine(env).reports ?? USUAL;
  const isDirectory = statSync(reports, { throwIfNoEntry: false })?.isDirectory() === true;
  if (asked !== undefined && !isDirectory) {
    throw new DrillError('not-found', `there is no directory ${asked}`, {
      hint: 'name the directory that drills write their reports to with --reports',
    });
  }
  const drills = isDirectory ? drillsIn(reports) : [];
  if (drill !== undefined && !drills.includes(drill)) {
    throw new DrillError('not-found', `no drill "${drill}" has a run in ${reports}${didYouMean(drill, drills)}`, {
      hint: drills.length === 0 ? 'no drill has run here yet' : `drills with runs here: ${drills.join(', ')}`,
    });
  }
  return reports;
}
