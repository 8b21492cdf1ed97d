import { optionsFor, type UserConfig } from './user-config.ts';

/** Options of pgBackRest's restore (2.45 to 2.60) that change what is restored, where to, or how far it is recovered. */
const RESTORE_OPTIONS = new Set([
  'archive-mode',
  'db-exclude',
  'db-include',
  'link-all',
  'link-map',
  'recovery-option',
  'set',
  'tablespace-map',
  'tablespace-map-all',
  'target',
  'target-action',
  'target-exclusive',
  'target-timeline',
  'type',
]);

/** Those that the user's configuration gives to every restore by hand, and that no drill obeys. */
export function ignoredRestoreOptions(config: UserConfig, stanza: string): string[] {
  return [...optionsFor(config, stanza, 'restore').keys()].filter((name) => RESTORE_OPTIONS.has(name)).toSorted();
}
