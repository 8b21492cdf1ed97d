// Who is told of each run. To add somebody is to add a file beside this one, and its line here.
export { log } from './log.ts';
export { notifications } from './notifications.ts';
export { parent } from './parent.ts';
export { progress } from './progress.ts';
export { runbook } from './runbook.ts';
