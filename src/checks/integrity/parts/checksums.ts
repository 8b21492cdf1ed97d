import {
  badPageIn,
  errorOfChecksums,
  forkOf,
  pagesIn,
  relationPath,
  type BadPage,
} from '../../../postgres/checksums-output.ts';
import { stopCleanly } from '../stop-cleanly.ts';
import type { FindingList } from '../findings.ts';
import type { IntegrityPart, PartContext } from '../part.ts';
import { fractionIn, requireProgram, runToTheEnd } from '../program.ts';

/** The file of each relation, its name, and for long values whose they are. */
const RELATIONS = `
  select pg_relation_filepath(c.oid), n.nspname || '.' || c.relname,
    (select ', long values of ' || m.nspname || '.' || o.relname from pg_class o join pg_namespace m on m.oid = o.relnamespace
      where o.reltoastrelid = coalesce(i.indrelid, c.oid))
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid
  where c.relkind in ('r', 'i', 't', 'm', 'S') and pg_relation_filepath(c.oid) is not null`;

/**
 * Every page against its checksum, by pg_checksums, once the copy has stopped cleanly: before, pages that are only in memory would be
 * missed. So it comes last. A cluster without checksums has nothing to compare: the part is skipped, or, where the plan names it, in
 * doubt. A page of zeros counts as a new one.
 */
export const checksums: IntegrityPart = {
  title: 'every page matches its checksum',
  asks: 'every page against its checksum, by pg_checksums on the stopped copy',
  from: 'standard',
  needs: 'stopped',
  isLong: true,
  examine: async (context, findings) => {
    const nothing = { at: 'nothing' };
    if (!(await hasChecksums(context))) {
      const why = 'the cluster has no page checksums (data_checksums is off)';
      if (context.demanded) findings.add('not-examined', why);
      return context.demanded ? nothing : { ...nothing, skipped: why };
    }
    if (context.keepInstance) {
      findings.add('not-examined', 'the instance stays up (--keep), and pg_checksums needs it stopped');
      return nothing;
    }
    if (!(await requireProgram(context, 'pg_checksums', findings))) return nothing;
    const names = await namesOfFiles(context);
    const refusal = await stopCleanly(context);
    if (refusal !== null) {
      findings.add('not-examined', `the copy did not stop cleanly, so its pages cannot be judged: ${refusal}`);
      return nothing;
    }
    return { at: await compare(context, names, findings) };
  },
};

async function hasChecksums({ sessions }: PartContext): Promise<boolean> {
  await using database = await sessions.ours();
  return (await database.rows('show data_checksums'))[0]?.[0] === 'on';
}

interface Owner {
  readonly database: string;
  readonly relation: string;
  readonly more: string;
}

type Names = ReadonlyMap<string, Owner>;

/** Whose file is whose: once the server has stopped nobody can be asked. A database that does not tell has files without names. */
async function namesOfFiles({ databases, sessions, signal }: PartContext): Promise<Names> {
  const names = new Map<string, Owner>();
  for (const name of databases) {
    signal.throwIfAborted();
    const rows = await sessions
      .of(name)
      .then(async (database) => {
        await using open = database;
        return await open.rows(RELATIONS);
      })
      .catch(() => []);
    for (const [path, relation, more] of rows)
      names.set(path ?? '', { database: name, relation: relation ?? '', more: more ?? '' });
  }
  return names;
}

async function compare(context: PartContext, names: Names, findings: FindingList): Promise<string> {
  const { data } = context.paths;
  const seen: { bad: number; scanned: number | null; why: string | null } = { bad: 0, scanned: null, why: null };
  const result = await runToTheEnd(context, ['pg_checksums', '--check', '--progress', '--pgdata', data], findings, {
    role: 'tool',
    onLine: (line) => {
      const page = badPageIn(line, data);
      if (page) {
        seen.bad += 1;
        addBadPage(page, names, findings);
        return;
      }
      const fraction = fractionIn(line);
      if (fraction !== null) context.onProgress(fraction);
      seen.scanned ??= pagesIn(line);
      seen.why ??= errorOfChecksums(line);
    },
  });
  const { bad, scanned, why } = seen;
  // Whatever it says, without the count at its end it has not seen every page.
  if (result !== null && (scanned === null || (result.exitCode !== 0 && bad === 0)))
    findings.add('not-examined', `pg_checksums ended with ${result.exitCode ?? '?'}: ${why ?? 'it does not say why'}`);
  return scanned === null ? 'nothing to its end' : `${scanned} pages`;
}

function addBadPage({ file, block, isTorn }: BadPage, names: Names, findings: FindingList): void {
  const known = names.get(relationPath(file));
  const relation = known?.relation ?? file;
  const where = { database: known?.database ?? null, relation, block };
  const fork = forkOf(file);
  const of = known ? `${relation} (${fork}${known.more})` : file;
  if (isTorn) findings.add('file-torn', `${of}: the file ends within page ${block}`, where);
  else findings.add('page-checksum', `${of}: page ${block} does not match its checksum`, where);
}
