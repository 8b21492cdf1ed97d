import type { Candidate } from './commit-index.ts';

interface Place {
  readonly stanza: string;
  /** Null: pgBackRest finds its configuration by itself. */
  readonly config: string | null;
  readonly backup: { readonly label: string; readonly repo: number };
  /** The timeline that was asked for; `latest` is what pgBackRest follows by itself. */
  readonly timeline: string;
}

/**
 * The words that recover production to right before a transaction. pgBackRest takes the latest set for an xid, which may be later than
 * the transaction, so the set is named (2.45 to 2.60).
 */
export function restoreWords({ xid }: Pick<Candidate, 'xid'>, { stanza, config, backup, timeline }: Place): string[] {
  return [
    'pgbackrest',
    ...(config === null ? [] : [`--config=${config}`]),
    `--stanza=${stanza}`,
    `--repo=${backup.repo}`,
    `--set=${backup.label}`,
    '--type=xid',
    `--target=${xid}`,
    '--target-exclusive',
    '--target-action=promote',
    ...(timeline === 'latest' ? [] : [`--target-timeline=${timeline}`]),
    'restore',
  ];
}
