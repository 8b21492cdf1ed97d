import { WalFeed } from '../../pgbackrest/wal-feed.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { Station } from '../../sandbox/sandbox.ts';
import type { Preflight } from '../preflight/preflight.ts';

interface WalInput {
  readonly plan: DrillPlan;
  readonly station: Pick<Station, 'host' | 'paths' | 'facts'>;
  readonly ready: Preflight;
}

/** The words by which the server gets its WAL. */
interface WalWords {
  readonly restoreCommand: string;
  /** Those of the program that fetches it beside the server, which sees no repository; null: the server fetches its own. */
  readonly fetcher: readonly string[] | null;
}

/** How the copy gets its WAL: as the configuration has it, or fetched ahead of the replay. */
export function walWords({ plan, station, ready }: WalInput): WalWords {
  const { host, paths, facts } = station;
  const { pgbackrest, backup, archive } = ready;
  const feed = new WalFeed(host, paths);
  const isAhead = plan.restore.walFetch === 'ahead';
  const words = pgbackrest.argv('archive-get', [
    `--repo=${backup.repo}`,
    `--pg1-path=${paths.data}`,
    '--log-level-console=warn',
  ]);
  const fetch = isAhead ? feed.ahead(words, pgbackrest.stanza) : words;
  if (!facts.confinement.eachProgram) return { restoreCommand: feed.restoreCommand(fetch), fetcher: null };
  const first = isAhead ? archive.path.segments.at(0) : undefined;
  const queued = first === undefined ? null : `${feed.queue(pgbackrest.stanza)}/${first}`;
  return {
    restoreCommand: feed.restoreCommand(WalFeed.ask),
    fetcher: feed.serve(fetch, paths.data, queued),
  };
}
