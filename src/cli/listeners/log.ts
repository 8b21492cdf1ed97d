import { RunLog } from '../run-log.ts';
import type { MakeListener } from './listener.ts';

/** The log in the folder of the run. */
export const log: MakeListener = ({ logLevel }, { redactor, stderr }) => {
  const runLog = new RunLog({ level: logLevel, redactor, stderr });
  return { hear: (event) => runLog.event(event) };
};
