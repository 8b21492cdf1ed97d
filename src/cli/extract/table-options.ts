import { resolve } from 'node:path';
import { DrillError } from '../../core/errors.ts';
import { readTableNames } from '../../extract/named-tables.ts';
import { refuseExisting } from '../../extract/output-file.ts';
import type { TableName } from '../../extract/table-name.ts';
import type { CliContext } from '../context.ts';
import { countOf, dsnOf, durationOf } from '../plans/copy-options.ts';
import type { PlanOptions } from '../plans/plan-options.ts';

/** The options of `drill table` as they are typed. */
export interface TableOptions extends PlanOptions {
  readonly plan?: string | undefined;
  readonly database?: string | undefined;
  readonly where?: string | undefined;
  readonly format: 'custom' | 'sql';
  readonly output?: string | undefined;
  readonly force?: true | undefined;
  readonly intoDsn?: string | undefined;
  readonly into?: string | undefined;
  readonly diff?: string | undefined;
  readonly diffTimeout: string;
  readonly limit: string;
  readonly json?: true | undefined;
}

/** What they ask for, known to be usable as far as that can be told before a drill. */
export interface TableRequest {
  readonly names: readonly TableName[];
  readonly database: string | null;
  readonly where: string | null;
  /** Null: into a server alone. */
  readonly output: { readonly path: string; readonly format: 'custom' | 'sql'; readonly force: boolean } | null;
  readonly into: { readonly dsn: string; readonly schema: string | null } | null;
  readonly diff: { readonly dsn: string; readonly timeoutMs: number; readonly limit: number } | null;
}

/** Reads the options before anything is started. Throws `plan-invalid` or `secret-unusable`. */
export async function readTableOptions(
  typed: readonly string[],
  options: TableOptions,
  context: CliContext,
): Promise<TableRequest> {
  const names = readTableNames(typed);
  const { where = null, into: schema = null, intoDsn, diff, database = null } = options;
  if (where !== null && names.length > 1)
    throw new DrillError('plan-invalid', '--where goes with one table', {
      hint: 'take the others in a run of their own',
    });
  if (schema !== null && intoDsn === undefined)
    throw new DrillError('plan-invalid', '--into names a schema of --into-dsn, which is not given');
  const limit = countOf('--limit', options.limit);
  const timeoutMs = durationOf('--diff-timeout', options.diffTimeout);
  return {
    names,
    database,
    where,
    output: outputOf(names, options),
    into: intoDsn === undefined ? null : { dsn: await dsnOf('--into-dsn', intoDsn, context), schema },
    diff: diff === undefined ? null : { dsn: await dsnOf('--diff', diff, context), timeoutMs, limit },
  };
}

function outputOf(
  names: readonly TableName[],
  { output, format, force, intoDsn }: TableOptions,
): TableRequest['output'] {
  if (output === undefined && intoDsn !== undefined) return null;
  const usual = `${names[0]?.name.replaceAll(/[^A-Za-z0-9_-]/g, '_') ?? 'table'}.${format === 'sql' ? 'sql' : 'dump'}`;
  const path = resolve(output ?? usual);
  refuseExisting(path, force === true);
  for (const beside of [needsPath(path), listPath(path), leftOutPath(path)]) refuseExisting(beside, force === true);
  return { path, format, force: force === true };
}

/** The script that makes what a dump needs lies beside it. */
export function needsPath(path: string): string {
  return `${path}.needs.sql`;
}

/** And so does what leaves foreign keys out of it. */
export function listPath(path: string): string {
  return `${path}.list`;
}

/** What was left out on a server lies beside the dump, or here under the name of the schema where there is no dump. */
export function leftOutPath(path: string): string {
  return `${path}.left-out.sql`;
}
