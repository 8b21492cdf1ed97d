import { z } from 'zod';
import type { TimelineFork } from '../postgres/timeline-history.ts';
import { readHistory } from './archive.ts';
import type { PgBackRest } from './pgbackrest.ts';
import { understood } from './understood.ts';

/** What the archive knows of how one timeline came about. */
export interface TimelineHistory {
  /** The timelines that led to it, oldest first, each with the LSN at which it was left. */
  readonly forks: readonly TimelineFork[];
  /** When the history file was archived, which a server does as soon as it is promoted; null: that is not known. */
  readonly archivedAt: Date | null;
}

/** Reads the history files of an archive as they are asked for, each once. */
export class Histories {
  readonly #place: readonly [PgBackRest, repo: number, archiveId: string];
  readonly #signal: AbortSignal;
  readonly #read = new Map<number, Promise<TimelineHistory>>();
  #times: Promise<ReadonlyMap<string, Date>> | null = null;

  constructor(pgbackrest: PgBackRest, repo: number, archiveId: string, signal: AbortSignal) {
    this.#place = [pgbackrest, repo, archiveId];
    this.#signal = signal;
  }

  /** How a timeline came about. Throws `wal-unreadable` when its file cannot be understood. */
  of(timeline: number): Promise<TimelineHistory> {
    const known = this.#read.get(timeline) ?? this.#readFile(timeline);
    this.#read.set(timeline, known);
    return known;
  }

  /** When the history file of a timeline was archived, whatever is in it; null: that is not known. */
  async archivedAt(timeline: number): Promise<Date | null> {
    this.#times ??= this.#readTimes();
    return (await this.#times).get(historyFile(timeline)) ?? null;
  }

  async #readFile(timeline: number): Promise<TimelineHistory> {
    const [forks, archivedAt] = await Promise.all([
      readHistory(...this.#place, timeline, this.#signal),
      this.archivedAt(timeline),
    ]);
    return { forks, archivedAt };
  }

  async #readTimes(): Promise<ReadonlyMap<string, Date>> {
    const [pgbackrest, repo, archiveId] = this.#place;
    const path = `archive/${pgbackrest.stanza}/${archiveId}`;
    const listed = understood(
      'repo-ls',
      listingSchema,
      await pgbackrest.readJson('repo-ls', [`--repo=${repo}`], [path], { signal: this.#signal }),
    );
    return new Map(
      Object.entries(listed).flatMap(([name, { time }]): [string, Date][] =>
        time === undefined ? [] : [[name, new Date(time * 1000)]],
      ),
    );
  }
}

const listingSchema = z.record(z.string(), z.looseObject({ time: z.number().optional() }));

/** The name of the history file of a timeline. */
export function historyFile(timeline: number): string {
  return `${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`;
}
