// The kinds of check. To add one is to add a file beside this one, and its line here.
export { command } from './command.ts';
export { heartbeat } from './heartbeat.ts';
export { sql } from './sql.ts';
