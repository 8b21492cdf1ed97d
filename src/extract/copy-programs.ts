import { DrillError } from '../core/errors.ts';
import { shortened } from '../core/shortened.ts';
import type { Host } from '../host/host.ts';
import { placeFault, saysFull } from '../host/place-fault.ts';
import { readArchiveList, type ArchiveEntry } from '../postgres/archive-list.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import { qualified } from '../postgres/identifier.ts';
import { environmentLacks, lackIn } from '../postgres/lacks.ts';
import { saidWithoutData } from '../postgres/program-output.ts';
import type { Sessions } from '../postgres/sessions.ts';
import type { Member } from './catalog.ts';

/** The place of a recovered copy, as far as tables are taken from it. */
export interface CopyPlace {
  readonly sessions: Sessions;
  readonly host: Host;
  /** A directory there that the copy's programs can write to, and that goes with the run. */
  readonly temp: string;
  readonly binaries: PostgresBinaries;
  readonly signal: AbortSignal;
}

/** What of a dump is restored. */
interface RestoreOptions {
  /** Null: everything. */
  readonly only: readonly ArchiveEntry[] | null;
}

/**
 * PostgreSQL's own programs, of the copy's version, behind the fence beside the copy. What they read and write there is named by paths
 * below its temporary directory.
 */
export class CopyPrograms {
  readonly #place: CopyPlace;

  constructor(place: CopyPlace) {
    this.#place = place;
  }

  path(name: string): string {
    return `${this.#place.temp}/${name}`;
  }

  /** Dumps tables into a file in the custom format. Throws `table-not-dumped`. */
  async dumpTables(
    database: string,
    tables: readonly Pick<Member, 'schema' | 'name'>[],
    file: string,
    ...words: string[]
  ): Promise<void> {
    const patterns = tables.flatMap((table) => ['--table', qualified(table)]);
    await this.#must('pg_dump', database, [
      ...CUSTOM,
      '--strict-names',
      ...words,
      ...patterns,
      '--file',
      this.path(file),
    ]);
  }

  /** Dumps how everything in a database is made, without rows. The same holds. */
  async dumpDefinitions(database: string, file: string): Promise<void> {
    await this.#must('pg_dump', database, [...CUSTOM, '--schema-only', '--file', this.path(file)]);
  }

  /** What is in a dump. */
  async list(file: string): Promise<ArchiveEntry[]> {
    return readArchiveList(await this.#must('pg_restore', null, ['--list', this.path(file)]));
  }

  /** Restores into a database, all of it or nothing. Throws `table-not-dumped` with what the server has against it. */
  async restore(file: string, database: string, { only }: RestoreOptions): Promise<void> {
    const chosen = await this.#chosen(only);
    const words = ['--single-transaction', '--exit-on-error', ...chosen, '--dbname', database, this.path(file)];
    await this.#must('pg_restore', database, words);
  }

  /** Writes what is in a dump as a script of SQL; gives the path. */
  async script(file: string, into: string, only: readonly ArchiveEntry[] | null, ...words: string[]): Promise<string> {
    const chosen = await this.#chosen(only);
    await this.#must('pg_restore', null, [...words, ...chosen, '--file', this.path(into), this.path(file)]);
    return this.path(into);
  }

  async #chosen(only: readonly ArchiveEntry[] | null): Promise<string[]> {
    if (only === null) return [];
    const list = this.path('entries.list');
    await this.#place.host.writeFile(list, only.map(({ line }) => `${line}\n`).join(''), 0o600);
    return ['--use-list', list];
  }

  async #must(program: string, database: string | null, words: readonly string[]): Promise<string> {
    const { host, sessions, binaries, signal } = this.#place;
    const env = database === null ? {} : mayWrite(sessions.environment(database, null));
    const argv = [`${binaries.directory}/${program}`, ...words];
    const result = await host.run(argv, { role: 'check', env, signal, unrecorded: true });
    if (result.cancelled) throw new DrillError('cancelled', 'it was ended by a signal');
    if (result.exitCode === 0) return result.stdout;
    const lack = lackIn(result.stderr);
    if (lack) throw environmentLacks(lack);
    const said = saidWithoutData(result.stderr) || `it ended with exit status ${result.exitCode ?? '?'}`;
    const what = `${program} of PostgreSQL ${binaries.major}: ${shortened(said, LONGEST_SAID)}`;
    throw saysFull(said) ? placeFault('the table cannot be taken out', what) : new DrillError('table-not-dumped', what);
  }
}

const CUSTOM = ['--format=custom', '--no-publications', '--no-subscriptions', '--lock-wait-timeout=60000'];

const LONGEST_SAID = 600;

/** Sessions of a drill are read-only; a trial restore is not. */
function mayWrite(env: Record<string, string>): Record<string, string> {
  return { ...env, PGOPTIONS: `${env['PGOPTIONS'] ?? ''} -c default_transaction_read_only=off` };
}
