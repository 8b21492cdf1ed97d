import type { Compare, ComparedQuery } from '../../checks/compare/written-compare.ts';
import { messageOf } from '../../core/errors.ts';
import { dsnProblem, passwordsIn } from '../../postgres/dsn.ts';
import type { Production } from '../../postgres/production.ts';
import { tellText, type Run } from '../run.ts';
import type { ProductionAnswer, ProductionAnswers } from './production-answers.ts';

/**
 * Asks production what the plan compares. It is done before the archive is listed: what was committed until now may be in the
 * archive, and of what is committed during the drill nothing can be. Only this process asks, outside of the fence. Never throws
 * but for the end of the run: what production does not answer is said of the comparison.
 */
export async function askProduction(run: Run): Promise<void> {
  const { compare } = run.plan;
  if (compare === null) return;
  const { record, services } = run;
  tellText(run, 'asking production');
  const askedAt = services.clock.now();
  const dsn = usableDsn(compare, run);
  const { answers, systemId } =
    'problem' in dsn
      ? { answers: compare.queries.map(() => dsn), systemId: null }
      : await askAll(dsn.text, compare, run);
  run.signal.throwIfAborted();
  record.note({ production: { askedAt, answeredAt: services.clock.now(), systemId, answers } });
}

function usableDsn({ dsn }: Compare, { services }: Run): { text: string } | { problem: string } {
  const name = dsn.slice('env:'.length);
  const text = services.env[name] ?? '';
  if (text === '') return { problem: `the variable ${name}, which is to hold the connection string, is not set` };
  services.redactor.add(text);
  for (const password of passwordsIn(text)) services.redactor.add(password);
  const problem = dsnProblem(text);
  return problem === null ? { text } : { problem: `the connection string in ${name} ${problem}` };
}

async function askAll(
  dsn: string,
  { queries, timeout }: Compare,
  { signal, services }: Run,
): Promise<Pick<ProductionAnswers, 'answers' | 'systemId'>> {
  const answers: ProductionAnswer[] = [];
  let systemId: string | null = null;
  for (const query of queries) {
    try {
      // Whoever compares nothing needs no client of PostgreSQL at this point.
      const { Production } = await import('../../postgres/production.ts');
      await using production = await Production.connect(dsn, query.database ?? null, signal);
      systemId ??= await production.systemId(timeout);
      answers.push(await valueOf(production, query, timeout));
    } catch (error) {
      signal.throwIfAborted();
      answers.push({ problem: services.redactor.text(`production does not answer: ${messageOf(error)}`) });
    }
  }
  return { answers, systemId };
}

async function valueOf(production: Production, { sql }: ComparedQuery, timeoutMs: number): Promise<ProductionAnswer> {
  const { rows, rowCount, columns, searchPath } = await production.ask(sql, timeoutMs);
  if (rowCount !== 1 || columns.length !== 1)
    return { problem: 'production gives no single value: the query has to return one row with one column' };
  const value = rows[0]?.[0] ?? null;
  if (value === null) return { problem: 'production gives NULL, which is nothing to compare with' };
  return { value, database: production.database, searchPath };
}
