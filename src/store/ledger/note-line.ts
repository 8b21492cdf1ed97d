import type { DatabaseSync } from 'node:sqlite';
import { seriesOf } from './entries.ts';
import type { LinePosition } from './index-answers.ts';
import type { LedgerLine } from './line.ts';

/** Takes a line of the ledger into the tables of its index. */
export function noteLine(database: DatabaseSync, line: LedgerLine, place: LinePosition): void {
  const run = (sql: string, values: Record<string, string | number | null>): void =>
    void database.prepare(sql).run(values);
  if (line.kind === 'opened' || line.kind === 'repaired') return;
  if (line.kind === 'missed') {
    const { drill } = line;
    for (const dueAt of line.dueAt) run('insert or replace into missed values (:drill, :dueAt)', { drill, dueAt });
    return;
  }
  if (line.kind === 'self-tested') {
    run('insert into self_tests values (:start, :length)', { ...place });
    return;
  }
  if (line.kind === 'signed-off') {
    const { drill, run: id } = line;
    run('insert into sign_offs values (:start, :length, :drill, :id)', { ...place, drill, id });
    return;
  }
  run(
    `insert into drills values (:drill, :number)
       on conflict (name) do update set number = max(number, excluded.number)`,
    { drill: line.drill, number: line.number },
  );
  if (line.kind !== 'ended') {
    const { run: id, drill, number, startedAt: at, kind: state } = line;
    // What became of a run does not say again what it was a fallback of.
    const fallbackOf = line.kind === 'begun' ? (line.fallbackOf ?? null) : fallbackOfRun(database, drill, id);
    run('insert or replace into all_unended values (:id, :drill, :number, :at, :state, :fallbackOf)', {
      id,
      drill,
      number,
      at,
      state,
      fallbackOf,
    });
    return;
  }
  run('delete from all_unended where run = :run and drill = :drill', { run: line.run, drill: line.drill });
  run(
    `insert or replace into all_runs values (:run, :drill, :at, :verdict, :stanza, :systemId, :backup,
         :key, :type, :host, :location, :rtoMs, :series, :age, :target, :start, :length, :fallbackOf)`,
    {
      run: line.run,
      drill: line.drill,
      at: line.startedAt,
      verdict: line.verdict,
      stanza: line.stanza,
      systemId: line.systemId,
      backup: line.backup?.label ?? null,
      key: line.copy?.key ?? null,
      type: line.copy?.type ?? null,
      host: line.copy?.host ?? null,
      location: line.copy?.location ?? null,
      rtoMs: line.rto.measuredMs,
      series: seriesOf(line),
      age: line.backup?.age ?? null,
      target: line.target.type,
      fallbackOf: line.fallbackOf ?? null,
      ...place,
    },
  );
}

/** What a run that has no end yet is the fallback of; null: of none. */
function fallbackOfRun(database: DatabaseSync, drill: string, id: string): string | null {
  const row = database.prepare('select fallback_of from all_unended where run = ? and drill = ?').get(id, drill);
  const of = row?.['fallback_of'];
  return typeof of === 'string' ? of : null;
}
