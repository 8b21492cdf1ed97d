import { readFileSync } from 'node:fs';
import { DrillError } from '../core/errors.ts';
import { ownFile } from '../core/own-files.ts';
import { shellJoin } from '../core/shell-quote.ts';
import type { Host } from '../host/host.ts';
import type { RunPaths } from '../host/run-paths.ts';
import { historyName, type ArchiveListing } from './archive.ts';
import { aheadScript } from './wal-ahead.ts';

/** What the feed was asked for and what it gave. */
export interface FeedJournal {
  /** Every delivered segment with the SHA-1 of each delivery; null while or because one was not computed. */
  readonly delivered: ReadonlyMap<string, readonly (string | null)[]>;
  /** Files that were asked for and that the archive does not hold. */
  readonly notFound: ReadonlySet<string>;
  readonly refused: { readonly file: string; readonly code: string; readonly text: string } | null;
}

/** How much of a segment's name says in which file of the list it stands; as in wal-feed.sh. */
const GROUP_LENGTH = 15;

/** What the feed has to know of the recovery that it serves. */
export interface FeedWay {
  /** Nothing that was archived since the run began is delivered. */
  readonly asListed: boolean;
  /** PostgreSQL stops at a target, or ends with FATAL short of it; it may be refused what it reads ahead. */
  readonly hasStop: boolean;
}

/** The scripts are the same for every kind of sandbox: they need a POSIX shell, grep and sha1sum, and no Node. */
const SCRIPTS = ['wal-feed.sh', 'wal-ask.sh'] as const;
const SERVE = 'wal-serve.sh';
const AHEAD = 'wal-ahead.sh';

/** Makes the pipes, and says what openssl takes for the SHA-1 of nothing, where there is one. */
const PREPARE = 'mkfifo -m 600 "$@" || exit; openssl sha1 -r </dev/null 2>/dev/null; true';
const SHA1_OF_NOTHING = 'da39a3ee5e6b4b0d3255bfef95601890afd80709 ';

/** The restore_command of a drill; see wal-feed.sh for what it promises. */
export class WalFeed {
  readonly #host: Host;
  readonly #directory: string;

  readonly #serve: string;
  readonly #ahead: string;
  readonly #spool: string;

  /** `feed` is a directory that is there, and stays: bubblewrap fails where one that it shows is just made anew. */
  constructor(host: Host, { feed, secrets, spool }: Pick<RunPaths, 'feed' | 'secrets' | 'spool'>) {
    this.#host = host;
    this.#directory = `${feed}/wal`;
    // Where the server cannot put another in its place: it has the secrets of the repository.
    this.#serve = `${secrets}/${SERVE}`;
    this.#ahead = `${secrets}/${AHEAD}`;
    this.#spool = spool;
  }

  /**
   * Puts the feed in place, with what the archive held when the run began from the segment `from` on, the first that a
   * recovery may ask for, of any timeline.
   */
  async install(listing: ArchiveListing, from: string, way: FeedWay): Promise<void> {
    // The markers of a run that was killed would refuse the WAL of this one.
    await this.#host.remove(this.#directory);
    await this.#host.makeDirectory(`${this.#directory}/listed`);
    const pipes = ['asked', 'answered'].map((name) => `${this.#directory}/${name}`);
    const { exitCode, stdout, stderr } = await this.#host.run(['sh', '-c', PREPARE, 'sh', ...pipes]);
    if (exitCode !== 0) throw new DrillError('sandbox-failed', `no pipes can be made: ${stderr.trim()}`);
    const inFeed: Record<string, string> = { journal: '' };
    for (const name of SCRIPTS) inFeed[name] = scriptText(name);
    if (stdout.startsWith(SHA1_OF_NOTHING)) inFeed['openssl'] = '';
    if (way.asListed) inFeed['as-listed'] = '';
    if (way.hasStop) inFeed['has-stop'] = '';
    const files = Object.fromEntries(
      Object.entries(inFeed).map(([name, text]) => [`${this.#directory}/${name}`, text]),
    );
    const listed = await this.#writeListed(listing, from);
    const beside = { [this.#serve]: scriptText(SERVE), [this.#ahead]: aheadScript() };
    await this.#host.writeFiles({ ...beside, ...files, ...listed }, 0o600);
  }

  /** From now on what was archived since the run began is delivered too: for a standby that is kept. */
  async open(): Promise<void> {
    await this.#host.remove(`${this.#directory}/as-listed`);
  }

  /**
   * In files of some thousand segments: neither is the whole list in memory, nor searched for each segment. The last files
   * are given, and not written yet.
   */
  async #writeListed({ segments, histories }: ArchiveListing, from: string): Promise<Record<string, string>> {
    const directory = `${this.#directory}/listed`;
    const groups: string[] = [];
    let lines: string[] = [];
    const write = (group: string): Promise<void> =>
      this.#host.writeFile(`${directory}/${group}`, lines.join(''), 0o600);
    for (const name of segments.keys()) {
      if (name.slice(8) < from.slice(8)) continue;
      const group = name.slice(0, GROUP_LENGTH);
      const before = groups.at(-1);
      if (group !== before) {
        if (before !== undefined) await write(before);
        groups.push(group);
        lines = [];
      }
      for (const { sha1 } of segments.get(name) ?? []) lines.push(`${name} ${sha1}\n`);
    }
    const last = groups.at(-1);
    return {
      ...(last !== undefined && { [`${directory}/${last}`]: lines.join('') }),
      [`${directory}/histories`]: histories.map((timeline) => `${historyName(timeline)} \n`).join(''),
      [`${directory}/groups`]: groups.map((group) => `${group}\n`).join(''),
    };
  }

  /**
   * The value of restore_command around the words that fetch a file. The one string in pgdrill that a shell reads, since
   * PostgreSQL runs it by system(); every word is quoted, and `%` doubled but for the two that PostgreSQL replaces.
   */
  restoreCommand(fetch: readonly string[]): string {
    return `exec ${shellWords(['sh', `${this.#directory}/wal-feed.sh`, this.#directory])} %f %p ${shellWords(fetch)} %f %p`;
  }

  /** What stands in for the words that fetch a file where the server sees no repository: it asks whoever serves it. */
  static readonly ask: readonly string[] = ['ask'];

  /** The words that fetch a file which pgBackRest has fetched ahead, where its configuration lets it; see wal-ahead.sh. */
  ahead(fetch: readonly string[], stanza: string): string[] {
    return ['sh', this.#ahead, this.#spool, stanza, ...fetch];
  }

  /** Where pgBackRest puts segments that it fetches ahead. */
  queue(stanza: string): string {
    return `${this.#spool}/archive/${stanza}/in`;
  }

  /**
   * The words of the program that fetches files for a server that sees no repository. `first`: the place in the queue of the
   * segment that fetching ahead begins with; null: nothing is fetched ahead.
   */
  serve(fetch: readonly string[], dataDirectory: string, first: string | null): string[] {
    return ['sh', this.#serve, this.#directory, dataDirectory, first ?? '', ...fetch];
  }

  async journal(): Promise<FeedJournal> {
    return parseJournal((await this.#host.readFile(`${this.#directory}/journal`)) ?? '');
  }

  /**
   * The journal once the checksum of the last delivery is in it, or the time is over: what computes it ends with a server
   * that ends.
   */
  async settledJournal(withinMs = 60_000): Promise<FeedJournal> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const journal = await this.journal();
      const settled = [...journal.delivered.values()].flat().every((sha1) => sha1 !== null);
      if (settled || journal.refused !== null || Date.now() > deadline) return journal;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

function scriptText(name: string): string {
  return readFileSync(ownFile(`pgbackrest/${name}`), 'utf8');
}

function shellWords(argv: readonly string[]): string {
  return shellJoin(argv).replaceAll('%', '%%');
}

/** Reads the lines that wal-feed.sh writes. */
export function parseJournal(text: string): FeedJournal {
  const gets = new Map<string, number>();
  const sums = new Map<string, string[]>();
  const notFound = new Set<string>();
  let refused: FeedJournal['refused'] = null;
  for (const line of text.split('\n')) {
    const [verb, file = '', detail = '', ...rest] = line.split(' ');
    if (verb === 'get' && detail === '0') notFound.delete(file);
    if (verb === 'get' && detail === '0' && !file.endsWith('.history')) gets.set(file, (gets.get(file) ?? 0) + 1);
    if (verb === 'get' && detail === '1') notFound.add(file);
    if (verb === 'sha1') sums.set(file, [...(sums.get(file) ?? []), detail]);
    if (verb === 'refused') refused ??= { file, code: detail, text: rest.join(' ') };
  }
  const files = [...new Set([...gets.keys(), ...sums.keys()])];
  const delivered = new Map(
    files.map((file) => {
      const known = sums.get(file) ?? [];
      const count = Math.max(gets.get(file) ?? 0, known.length);
      return [file, Array.from({ length: count }, (_, index) => known[index] ?? null)];
    }),
  );
  return { delivered, notFound, refused };
}

/** A segment of which it is not proven that it was replayed as it was archived. */
export interface UnprovenSegment {
  readonly name: string;
  readonly code: 'wal-checksum-mismatch' | 'wal-unverified';
  readonly text: string;
}

/**
 * The segments that were delivered without proof that their content is what the archive holds under their name. This is
 * judged again here, outside the sandbox, with a listing that also knows the segments archived during the run.
 */
export function unprovenSegments({ delivered }: FeedJournal, { segments }: ArchiveListing): UnprovenSegment[] {
  return [...delivered].flatMap(([name, sums]): UnprovenSegment[] => {
    const known = segments.get(name)?.map(({ sha1 }) => sha1) ?? [];
    const bad = sums.filter((sha1) => sha1 === null || !known.includes(sha1));
    if (bad.length === 0) return [];
    return bad.some((sha1) => sha1 !== null) && known.length > 0
      ? [{ name, code: 'wal-checksum-mismatch', text: 'is not what its name in the archive says' }]
      : [{ name, code: 'wal-unverified', text: 'was delivered, but its checksum is not known' }];
  });
}
