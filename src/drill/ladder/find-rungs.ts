import { DrillError } from '../../core/errors.ts';
import { formatInstant } from '../../core/instant.ts';
import { formatLsn, type Lsn } from '../../postgres/lsn.ts';
import { filterOf } from '../../postgres/waldump.ts';
import { CHOOSE_EARLIER } from '../../targets/kind.ts';
import { rungKind, rungPlace, type RungTarget } from '../../targets/rung.ts';
import type { PreparedSandbox } from '../../sandbox/sandbox.ts';
import type { Preflight } from '../preflight/preflight.ts';
import type { Rung } from './rung.ts';
import { RungFinder, type FoundRung } from './rung-finder.ts';
import { WalScan } from './wal-scan.ts';

interface Looking {
  readonly sandbox: Pick<PreparedSandbox, 'paths'>;
  readonly ready: Preflight;
  readonly targets: readonly RungTarget[];
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** What is read of the WAL: ends of transactions. Of restore points only pg_waldump over all records tells as well (12 to 14 take one --rmgr). */
function filterFor(targets: readonly RungTarget[]): string[] {
  const endings = filterOf({ xid: '0' });
  const isMore = targets.map(rungPlace).some((place) => place.kind === 'record' && filterOf(place.wanted) !== endings);
  return isMore ? [] : [endings];
}

/**
 * Where several targets lie on the way from the backup set, in the order of the WAL, which is read for it from the archive. Throws
 * for the first that no recovery can be held at: `target-unreachable`, `target-unknown`, `target-rolled-back`,
 * `target-ambiguous`, `target-before-first-backup`, and for WAL that cannot be read before it.
 */
export async function findRungs(looking: Looking): Promise<Rung[]> {
  const { sandbox, ready, targets, signal, onProgress } = looking;
  const { binaries, pgbackrest, backup, archive } = ready;
  if (binaries === null) {
    throw new DrillError('postgres-missing', 'several targets are looked for with pg_waldump, which is not here', {
      hint: "install PostgreSQL of the backup's major version on this machine, or drill the targets one by one",
    });
  }
  const directory = `${sandbox.paths.spool}/rungs`;
  const atOnce = Math.max(2, ready.processMax);
  const scan = new WalScan({ pgbackrest, backup, binaries, archive, directory, atOnce, signal });
  await scan.open();
  try {
    const sought: { target: RungTarget; gate: Lsn | null }[] = [];
    for (const target of targets) {
      const place = rungPlace(target);
      sought.push({ target, gate: place.kind === 'position' ? await gateBehind(scan, place.at, target) : null });
    }
    const finder = new RungFinder(sought);
    await scan.read({
      filter: filterFor(targets),
      onLine: (line) => finder.push(line),
      isDone: () => finder.isDone,
      onProgress,
    });
    if (finder.fault !== null) throw finder.fault;
    const [missed] = finder.missed;
    if (missed !== undefined) throw notMet(missed, finder, ready);
    const rungs: Rung[] = [];
    for (const found of finder.found) rungs.push(await settled(found, scan));
    rungs.sort((a, b) => (a.gate < b.gate ? -1 : Number(a.gate > b.gate)));
    requireBehindBackup(rungs, ready);
    return rungs;
  } finally {
    await scan.close();
  }
}

/** A time lies before a record; all else right after one, so that the record behind that one has to be there. */
async function settled({ gate, at, ...found }: FoundRung, scan: WalScan): Promise<Rung> {
  if (gate !== null) return { ...found, gate };
  return { ...found, gate: await gateBehind(scan, at?.lsn ?? 0n, found.target) };
}

async function gateBehind(scan: WalScan, lsn: Lsn, target: RungTarget): Promise<Lsn> {
  const next = await scan.following(lsn);
  if (next !== null) return next;
  throw new DrillError(
    'target-unreachable',
    `nothing shows where ${rungKind(target).text(lsn)} ends: the archive holds no record behind it`,
    { hint: CHOOSE_EARLIER },
  );
}

function notMet(target: RungTarget, finder: RungFinder, { backup, archive }: Preflight): DrillError {
  const kind = rungKind(target);
  const last = finder.last?.at ?? null;
  const end = archive.path.segments.at(-1) ?? 'none';
  const met = last === null ? 'no transaction ended' : `the last transaction ended ${formatInstant(last)}`;
  const { gap } = archive.path;
  if (gap !== null) {
    return new DrillError(
      'wal-missing',
      `WAL segment ${gap.firstMissing} is not in the archive, and ${kind.text(null)} does not lie before it (${met})`,
      {
        hint: 'look for the segment in the pg_wal directories and other repositories',
        walFile: gap.firstMissing,
      },
    );
  }
  if (kind.record !== null) {
    return new DrillError(
      'target-unknown',
      `the WAL from the backup set ${backup.label} on holds no ${kind.text(null)} (up to ${end}; ${met})`,
      { hint: `look at ${kind.record.lookAt}; if it lies before the set, name an older one with --backup` },
    );
  }
  return new DrillError(
    'target-unreachable',
    `nothing shows that ${kind.text(null)} was reached: ${met} in the archive, which ends with ${end}`,
    { hint: `${CHOOSE_EARLIER}; a target is proven by a transaction that ended after it` },
  );
}

/** Before the backup has ended nobody is let in, whatever the times say. */
function requireBehindBackup(rungs: readonly Rung[], { backup }: Preflight): void {
  const early = rungs.find(({ gate }) => backup.lsnStop === null || gate < backup.lsnStop);
  if (early === undefined) return;
  throw new DrillError(
    'target-before-first-backup',
    `${rungKind(early.target).text(null)} lies at LSN ${formatLsn(early.gate)}, before the backup set ${backup.label} had ended: the clock of production was set back`,
    { hint: 'choose a later target, or an older backup set' },
  );
}
