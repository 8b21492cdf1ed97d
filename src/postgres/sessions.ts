import { literal } from './literal.ts';
import type { Endpoint } from '../core/endpoint.ts';
import { DrillError } from '../core/errors.ts';
import { Database, DatabaseError, databaseFailure } from './database.ts';
import { programOptions, PUT_BACK, SERVERS_SEARCH_PATH, startupOptions } from './session-settings.ts';
import { isRoleRefused, SQLSTATE } from './sqlstate.ts';

/** Whom and what to try, the likely first. */
export interface Entrances {
  readonly superusers: readonly string[];
  readonly databases: readonly string[];
}

/**
 * The sessions of a drill with its copy. They are the superuser's, and carry no setting that production has made for a
 * role or a database: such a setting may bend an answer, hide damage, or end the session.
 */
export class Sessions {
  /** The server, and the superuser who was let in. */
  readonly endpoint: Endpoint;
  readonly #major: number;
  /** A database that takes connections. */
  readonly #database: string;

  /** Of a server that is known to let this superuser into this database. */
  constructor(endpoint: Endpoint, major: number, database: string) {
    this.endpoint = endpoint;
    this.#major = major;
    this.#database = database;
  }

  /** Finds a superuser and a database that let us in. Throws a DrillError. */
  static async find(endpoint: Endpoint, major: number, { superusers, databases }: Entrances): Promise<Sessions> {
    const refusals: string[] = [];
    for (const user of new Set(superusers)) {
      for (const database of new Set([...databases, 'template1'])) {
        const sessions = new Sessions({ ...endpoint, user }, major, database);
        const refusal = await sessions.#refusal();
        if (refusal === null) return sessions;
        refusals.push(refusal.message);
        if (isRoleRefused(refusal.code)) break;
      }
    }
    throw new DrillError('sandbox-failed', `the restored server lets nobody in: ${[...new Set(refusals)].join('; ')}`, {
      hint: "name the cluster's superuser with sandbox.superuser in the plan",
    });
  }

  /** Why the server lets this superuser not into this database; null: it does. */
  async #refusal(): Promise<{ readonly code: string | undefined; readonly message: string } | null> {
    try {
      await using database = await this.#open(this.#database);
      const [row] = await database.rows("select current_setting('is_superuser')");
      if (row?.[0] === 'on') return null;
      return { code: SQLSTATE.invalidAuthorization, message: `role "${this.endpoint.user}" is no superuser` };
    } catch (error) {
      // No such role or database, or it takes no connections: others may. Anything else is an answer.
      if (error instanceof DatabaseError && mayBeOthers(error.code))
        return { code: error.code, message: error.message };
      throw databaseFailure(error);
    }
  }

  /** For questions of our own, with nothing of the user's in the search path. Throws a DrillError. */
  async ours(): Promise<Database> {
    return this.of(this.#database).catch((error: unknown) => {
      throw databaseFailure(error);
    });
  }

  /** For questions of our own to one database. Throws what the server says. */
  async of(name: string): Promise<Database> {
    return this.#ready(name, PUT_BACK);
  }

  /**
   * For a check of the user's, asked as `user` (null: as the superuser), with the settings of the server itself. `postgres`
   * is the default of plans: where it takes no connections, the database that does is asked. Throws what the server says.
   */
  async forCheck(name: string, user: string | null): Promise<Database> {
    const become = user === null ? '' : `; set session authorization ${literal(user)}`;
    return this.#ready(this.databaseFor(name), `${PUT_BACK}; ${SERVERS_SEARCH_PATH}${become}`);
  }

  /** The variables of libpq for a program that asks the copy on its own. */
  environment(name: string, user: string | null): Record<string, string> {
    const { socketDirectory, port } = this.endpoint;
    return {
      PGHOST: socketDirectory,
      PGPORT: String(port),
      PGUSER: user ?? this.endpoint.user,
      PGDATABASE: this.databaseFor(name),
      PGAPPNAME: 'pgdrill',
      PGOPTIONS: programOptions(user === null || user === this.endpoint.user, this.#major),
    };
  }

  databaseFor(name: string): string {
    return name === 'postgres' ? this.#database : name;
  }

  async #ready(name: string, statements: string): Promise<Database> {
    const database = await this.#open(name);
    try {
      await database.execute(statements);
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  #open(database: string): Promise<Database> {
    return Database.connect(this.endpoint, { database, options: startupOptions(this.endpoint.user, this.#major) });
  }
}

function mayBeOthers(code: string | undefined): boolean {
  return isRoleRefused(code) || code === SQLSTATE.noSuchDatabase || code === SQLSTATE.notInPrerequisiteState;
}
