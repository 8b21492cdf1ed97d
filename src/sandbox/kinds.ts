// The kinds of sandbox. To add one is to add a folder beside this file, and its line here.
export { docker } from './docker/sandbox.ts';
export { local } from './local/sandbox.ts';
export { ssh } from './ssh/sandbox.ts';
