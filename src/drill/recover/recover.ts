import { together } from '../../core/together.ts';
import type { FeedWay, WalFeed } from '../../pgbackrest/wal-feed.ts';
import { refusedAutoConf } from '../../postgres/auto-conf.ts';
import { kindOf, type RecoveryTarget } from '../../targets/index.ts';
import type { Settled } from '../preflight/preflight.ts';
import { configure } from './configure.ts';
import { startFetcher } from './fetcher.ts';
import type { Recovered, RecoverInput } from './recovered.ts';
import { gateOf, replayed } from './replay.ts';
import { walWords } from './wal-words.ts';

/** Puts the feed in place from which the server gets its WAL. Only a drill does this work: a real recovery has none of it. */
export async function installFeed(feed: WalFeed, { archive, target }: Settled): Promise<void> {
  await feed.install(archive.listing, archive.path.segments.at(0) ?? '', wayOf(target));
}

/**
 * At the end of the archive the drill claims what would be left after a disaster at its beginning, so later WAL does not
 * count. A chosen target is proven by where PostgreSQL stops, and the WAL that shows that may come later.
 */
function wayOf(target: RecoveryTarget): FeedWay {
  const { goesToTheEnd, isClimbed } = kindOf(target);
  // A standby meets no stop: what it may not read has to end it.
  return { asListed: goesToTheEnd || isClimbed, hasStop: !goesToTheEnd && !isClimbed };
}

/**
 * Starts the restored cluster and waits until recovery has really ended: until the server accepts read-write connections
 * and says itself that it is no longer in recovery, or, for a standby, until it has replayed the archive. `pg_ctl -w` and
 * a first successful query are no such signs: both come in hot standby, mid-replay.
 */
export async function recoverCluster(input: RecoverInput): Promise<Recovered> {
  const { station, ready, keepInstance: outlive, onFetcher: onStart } = input;
  // What fetches ahead has begun by the time the server asks.
  const { fetcher } = walWords(input);
  const started = startFetcher(fetcher, { station, outlive, onStart });
  const [{ autoConf, ...configured }, fetching] = await together(configure(input), started);
  const { server, settings, configurationMissing, restored } = configured;
  const gated = await gateOf(input);
  input.onServer(server);
  await server.start();
  // A real recovery asks no such thing, so it is asked while the WAL is replayed.
  const refusal = refusedAutoConf(station.host, ready.binaries, autoConf, station.paths.temp);
  const [replay, refusedSettings] = await together(replayed(input, { ...configured, gated, fetching }), refusal);
  return { server, settings, configurationMissing, refusedSettings, restored, ...replay };
}
