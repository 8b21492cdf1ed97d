// The kinds of target that a recovery can go to. To add one is to add a file beside this one, and its line here.
export { immediate } from './immediate.ts';
export { ladder } from './ladder.ts';
export { latest } from './latest.ts';
export { lsn } from './lsn.ts';
export { name } from './name.ts';
export { standby } from './standby.ts';
export { time } from './time.ts';
export { xid } from './xid.ts';
