import { literal } from '../../postgres/literal.ts';
import { shellJoin } from '../../core/shell-quote.ts';
import type { Database } from '../../postgres/database.ts';
import { isOutOfSight, statusOfProgram } from '../../postgres/failure.ts';

/** What the backend said to an attempt: null, it did it. */
export type Refusal = string | null;

/** A file of /proc, or why the backend cannot read it. */
export type Answer = { readonly text: string } | { readonly why: string };

/** A process that the backend sees in its /proc. */
export interface SeenProcess {
  readonly pid: number;
  readonly name: string;
  /** Clock ticks since boot. */
  readonly startTicks: string;
}

const LONGEST_FILE = 4 * 1024 ** 2;

/**
 * The backend of a session of ours, asked about itself by functions that every server has, a standby too: what it reads in
 * /proc/self is what the kernel says of the restored server's own process, not of one that was started beside it. With a
 * length `pg_read_binary_file` reads on until the end of a file in /proc, whose size is 0 (PostgreSQL 15, 17, 18).
 */
export class Backend {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A file of /proc, whatever bytes are in it. */
  async read(path: string): Promise<Answer> {
    const answer = await this.#database.attempt(
      `select encode(pg_read_binary_file(${literal(path)}, 0, ${LONGEST_FILE}, true), 'base64')`,
    );
    if ('refused' in answer) return { why: answer.refused };
    const value = answer.rows[0]?.[0] ?? null;
    return value === null ? { why: `it sees no ${path}` } : { text: Buffer.from(value, 'base64').toString('latin1') };
  }

  /** Every process in its /proc; null when it does not say. One may end between being listed and being read. */
  async processes(): Promise<SeenProcess[] | null> {
    for (let round = 0; round < 5; round += 1) {
      const answer = await this.#database.attempt(
        `select p, encode(pg_read_binary_file('/proc/' || p || '/stat', 0, 4096, true), 'base64')
         from pg_ls_dir('/proc') as p where p ~ '^[0-9]+$'`,
      );
      if ('rows' in answer) return answer.rows.flatMap(([pid, stat]) => processIn(pid ?? null, stat ?? null));
    }
    return null;
  }

  /** Which of the paths it sees; a string where it does not say. */
  async visible(paths: readonly string[]): Promise<string[] | string> {
    const all = await this.#stat(paths);
    if (typeof all !== 'string') return all;
    const found: string[] = [];
    for (const path of paths) {
      const seen = await this.#stat([path]);
      if (typeof seen !== 'string') found.push(...seen);
      else if (!isOutOfSight(seen)) return seen;
    }
    return found;
  }

  /** Has the backend run a program, by a shell. Its exit status, or why there is none. */
  async run(script: string): Promise<{ readonly exitCode: number } | { readonly why: string }> {
    // A program that ends before it was written to makes COPY fail: could not close pipe to external command: Broken pipe.
    const answer = await this.#database.attempt(`copy (select 1) to program ${literal(`read -r _; ${script}`)}`);
    if ('rows' in answer) return { exitCode: 0 };
    const exitCode = statusOfProgram(answer.detail);
    return exitCode === null ? { why: `${answer.refused} ${answer.detail}`.trim() } : { exitCode };
  }

  /** Has the backend write a file. */
  async write(path: string): Promise<Refusal> {
    const answer = await this.#database.attempt(`copy (select 1) to ${literal(path)}`);
    return 'rows' in answer ? null : answer.refused;
  }

  /** Has it remove files that it wrote. */
  async remove(paths: readonly string[]): Promise<void> {
    await this.run(shellJoin(['rm', '-f', '--', ...paths]));
  }

  async #stat(paths: readonly string[]): Promise<string[] | string> {
    const answer = await this.#database.attempt(
      `select p from unnest(array[${paths.map(literal).join(', ')}]::text[]) as p where (pg_stat_file(p, true)).size is not null`,
    );
    return 'rows' in answer ? answer.rows.map(([path]) => path ?? '') : answer.refused;
  }
}

/** /proc/PID/stat: number, name in brackets (which may hold brackets and spaces), state and so on; the 22nd is the start. */
function processIn(pid: string | null, stat: string | null): SeenProcess[] {
  if (pid === null || stat === null) return [];
  const text = Buffer.from(stat, 'base64').toString('latin1');
  const [name, rest] = [
    text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')),
    text.slice(text.lastIndexOf(')') + 2),
  ];
  return [{ pid: Number(pid), name, startTicks: rest.split(' ')[19] ?? '' }];
}
