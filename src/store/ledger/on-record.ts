import type { DatabaseSync } from 'node:sqlite';
import type { DrillOnRecord } from './index-answers.ts';

/**
 * Clocks of several machines differ, and a clock may be set back: what began a little later than now has begun. What began later than
 * this began by a clock that was wrong. Were it believed, the drill would not run, and nobody would be told, until that day comes.
 */
const BELIEVED_MS = 7 * 86_400_000;

/** What is on record of a drill, by the index of a ledger; `repositories`: those that it goes to, null among them is any. */
export function onRecordIn(
  database: DatabaseSync,
  drill: string,
  now: Date,
  repositories: readonly (number | null)[],
): DrillOnRecord {
  const until = new Date(now.getTime() + BELIEVED_MS).toISOString();
  const ask = (sql: string, more = {}): string | null => {
    const [at] = Object.values(database.prepare(sql).get({ drill, until, ...more }) ?? {});
    return typeof at === 'string' ? at : null;
  };
  const begun = 'select max(started_at) from runs where drill = :drill and started_at <= :until';
  const unended = 'select max(started_at) from unended where drill = :drill and started_at <= :until';
  const open = ask(`${unended} and state = 'begun'`);
  const passed = repositories.map((repo) =>
    ask(`${begun} and verdict = 'passed' and coalesce(repo = :repo, :repo is null)`, { repo }),
  );
  return {
    lastBegun: newest([ask(begun), open, ask(`${unended} and state = 'lost'`)]),
    lastPassed: oldest(passed),
    lastMissed: ask('select max(due_at) from missed where drill = :drill and due_at <= :until'),
    openSince: open,
  };
}

function newest(stamps: readonly (string | null)[]): string | null {
  return stamps.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
}

/** Null where there is a null among them. */
function oldest(stamps: readonly (string | null)[]): string | null {
  return stamps.reduce((a, b) => (a === null || (b !== null && b > a) ? a : b));
}
