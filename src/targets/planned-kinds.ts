// What a plan may name: those that a recovery can go to, and those that become one of them before it.
export * from './kinds.ts';
export { random } from './random.ts';
