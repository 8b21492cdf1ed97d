import type { DatabaseSync } from 'node:sqlite';
import type { DrillNumbers, EndedRun, TallyQuestion } from './index-answers.ts';

const NEWEST = 'order by started_at desc, run desc limit 1';

/** A run of another stanza proves nothing of this one: a plan may have been changed, or overruled by an option. */
const OF_DRILL = 'from runs where drill = :drill and stanza = :stanza';

/** What is compared with null is null: a run that came to no repository may have failed for each, and any repository is meant. */
const LAST_OF = `${OF_DRILL} and coalesce(repo = :repo, true) ${NEWEST}`;

const LAST_PASSED_OF = `${OF_DRILL} and coalesce(repo = :repo, :repo is null) and verdict = 'passed' ${NEWEST}`;

/** What a drill has come to, by the index of a ledger. */
export function tallyIn(database: DatabaseSync, { drill, stanza, repositories }: TallyQuestion): DrillNumbers {
  const rows = (sql: string, more = {}): Record<string, unknown>[] => database.prepare(sql).all({ drill, ...more });
  const counts = rows(
    `select verdict, count(*) as number from runs where drill = :drill group by verdict
     union all select state, count(*) from unended where drill = :drill and state = 'lost' group by state`,
  );
  const [lost] = rows("select max(started_at) as at from unended where drill = :drill and state = 'lost'");
  const [missed] = rows('select count(*) as number from missed where drill = :drill');
  const ids = rows(
    'select run from all_runs where drill = :drill union select run from all_unended where drill = :drill',
  );
  const last = repositories.map((repo) => {
    const [run] = rows(`select run, drill, repo, rto_ms as rtoMs, start, length ${LAST_OF}`, { stanza, repo });
    const [passed] = rows(`select started_at as at ${LAST_PASSED_OF}`, { stanza, repo });
    return { run: (run as unknown as EndedRun | undefined) ?? null, passedAt: stampOf(passed) };
  });
  return {
    runs: Object.fromEntries(counts.map(({ verdict, number }) => [String(verdict), Number(number)])),
    missed: Number(missed?.['number'] ?? 0),
    lastLost: stampOf(lost),
    ids: ids.map(({ run }) => String(run)),
    last,
  };
}

function stampOf(row: Record<string, unknown> | undefined): string | null {
  const at = row?.['at'];
  return typeof at === 'string' ? at : null;
}
