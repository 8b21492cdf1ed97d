/**
 * A line of a server's log that begins so, with log_line_prefix `%m [%p] `. Words of a statement or of the data stand behind
 * another level, or on a line that begins with a tab.
 */
const logged = (level: string, text: string): RegExp =>
  new RegExp(`^\\S+ \\S+ \\S+ \\[\\d+\\] ${level}: {2}${text}`, 'm');

/** What the postmaster says of a process of its own that a signal ended: `background worker "parallel worker" (PID 71)`. */
const ended = (signal: string): RegExp =>
  logged('LOG', `[A-Za-z][A-Za-z ]*(?: "[^"\\n]*")? \\(PID \\d+\\) was terminated by signal ${signal}`);

/** What a server logs (PostgreSQL 12 to 18) when something from outside ends it, or one of its processes. */
const FROM_OUTSIDE: readonly (readonly [text: RegExp, what: string])[] = [
  [ended('9\\b'), 'one of the processes of the restored server was killed (SIGKILL)'],
  [logged('LOG', 'received (?:smart|fast|immediate) shutdown request$'), 'the restored server was told to shut down'],
];

/** By the signal that ends one session; a server also ends its parallel workers so, when their query fails. */
const SESSION_ENDED = logged('FATAL', 'terminating connection due to administrator command$');

/** A process that ended by a fault of its own: by what it read, as far as anybody can tell. */
const CRASHED = ended('(?!9\\b|15\\b)\\d+');

/** What in the log of a server tells that something from outside ended it; null: nothing does, or a process crashed. */
export function struckDownBy(log: string): string | null {
  if (CRASHED.test(log)) return null;
  return FROM_OUTSIDE.find(([text]) => text.test(log))?.[1] ?? null;
}

/** The same of a session, of which nothing but its end was seen. */
export function sessionEndedBy(log: string): string | null {
  if (CRASHED.test(log)) return null;
  return (
    struckDownBy(log) ??
    (SESSION_ENDED.test(log)
      ? 'a session of the restored server was ended by a signal, or by the check itself (pg_terminate_backend)'
      : null)
  );
}

/**
 * Whether a session got no answer since it, or its server, was gone: told from the words of Node.js, pg and PostgreSQL. One
 * that a timeout of its own ended got one.
 */
export function wasCutOff(message: string): boolean {
  return /Connection terminated|terminating connection (due to administrator command|because of crash)|ECONNRESET|ECONNREFUSED|ENOENT\b.*\.s\.PGSQL\.\d|EPIPE|the database system is (starting up|shutting down|in recovery mode|not (yet )?accepting connections)/.test(
    message,
  );
}
