import { counted } from '../../../report/document/words.ts';
import { addFault, inEachDatabase, type Questions } from '../ask.ts';
import { withExtension } from '../extension.ts';
import type { FindingList } from '../findings.ts';
import {
  emptyPages,
  HEAPS,
  ITEMS_TELL_ROWS_SINCE,
  mappedPages,
  pointedAt,
  wronglyMapped,
  sizesOf,
  type Heap,
  type Listed,
} from '../heaps.ts';
import type { IntegrityPart, PartContext } from '../part.ts';

/**
 * Heap pages against what else tells of them. A page of zeros is a new page to PostgreSQL: no checksum and no amcheck sees that it held
 * rows, nor that a file is short. An index or the visibility map does. An empty page of which neither tells is one that a crash left.
 */
export const pages: IntegrityPart = {
  title: 'pages, visibility map and indexes agree',
  asks: 'empty and missing pages of tables against indexes, and the visibility map against the rows',
  from: 'deep',
  needs: 'extended',
  extensions: ['pageinspect', 'pg_visibility'],
  isLong: true,
  examine: async (context, findings) => {
    const inspect = await withExtension(context, 'pageinspect', findings);
    const visibility = await withExtension(context, 'pg_visibility', findings);
    const databases = [...inspect.keys()].filter((name) => visibility.has(name));
    let looked = 0;
    await inEachDatabase({ ...context, databases }, findings, async (database, { list, ask }) => {
      const schemas = { pageinspect: inspect.get(database) ?? '', visibility: visibility.get(database) ?? '' };
      for (const listed of await list<Listed>(HEAPS)) {
        looked += 1;
        try {
          const [sizes = { pages: 0, indexPages: 0 }] = await ask<Pick<Heap, 'pages' | 'indexPages'>>(sizesOf(listed));
          await lookAt({ ...listed, ...sizes }, { database, schemas, ask, major: context.binaries.major }, findings);
        } catch (error) {
          context.signal.throwIfAborted();
          addFault(findings, error, { database, relation: listed.name });
        }
      }
    });
    return { at: `${counted(looked, 'table')} of ${counted(databases.length, 'database')}` };
  },
};

interface Place {
  readonly database: string;
  readonly schemas: Parameters<typeof emptyPages>[1];
  readonly ask: Questions['ask'];
  readonly major: PartContext['binaries']['major'];
}

async function lookAt(heap: Heap, { database, schemas, ask, major }: Place, findings: FindingList): Promise<void> {
  const where = { database, relation: heap.name };
  for (const { check, count, first } of await ask<{ check: string; count: number; first: string }>(
    wronglyMapped(heap, schemas),
  )) {
    const text = `${heap.name}: ${counted(count, 'row')} not ${check}, though the visibility map says so; the first is ${first}`;
    findings.add('visibility-wrong', text, { ...where, block: Number(/\d+/.exec(first)?.[0] ?? 0) });
  }
  const empty = (await ask<{ block: number }>(emptyPages(heap, schemas))).map(({ block }) => block);
  if (empty.length === 0 && heap.wanted <= heap.pages) return;
  const mapped = empty.length === 0 ? [] : await ask<{ block: number }>(mappedPages(heap, empty, schemas));
  const canAskIndex = heap.index !== null && major >= ITEMS_TELL_ROWS_SINCE;
  const pointed = canAskIndex ? await ask<{ block: number }>(pointedAt(heap, empty, schemas)) : [];
  const lost = new Set([...mapped, ...pointed].map(({ block }) => block));
  for (const { first, last } of runsOf([...lost], heap.pages)) {
    const which = first === last ? `page ${first} is` : `pages ${first} to ${last} are`;
    const state = first < heap.pages ? 'empty' : 'not there';
    findings.add('page-lost', `${heap.name}: ${which} ${state}, but held rows`, { ...where, block: first });
  }
}

/** Numbers that follow one another as one run each; none leads over the end of the file. */
function runsOf(blocks: readonly number[], end: number): { readonly first: number; readonly last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const block of blocks.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.last === block - 1 && block !== end) run.last = block;
    else runs.push({ first: block, last: block });
  }
  return runs;
}
