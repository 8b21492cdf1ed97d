/** What a server logs (PostgreSQL 12 to 18) when something from outside ends it, or one of its processes. */
const FROM_OUTSIDE: readonly (readonly [text: RegExp, what: string])[] = [
  [/was terminated by signal 9\b/, 'one of the processes of the restored server was killed (SIGKILL)'],
  [/received (?:smart|fast|immediate) shutdown request/, 'the restored server was told to shut down'],
];

/** By the signal that ends one session; a server also ends its parallel workers so, when their query fails. */
const SESSION_ENDED = /terminating connection due to administrator command/;

/** A process that ended by a fault of its own: by what it read, as far as anybody can tell. */
const CRASHED = /was terminated by signal (?!9\b|15\b)\d+/;

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

/** Whether a session got no answer since it, or its server, was gone: told from the words of Node.js, pg and PostgreSQL. */
export function wasCutOff(message: string): boolean {
  return /Connection terminated|terminating connection|ECONNRESET|ECONNREFUSED|EPIPE|the database system is (starting up|shutting down|in recovery mode|not (yet )?accepting connections)/.test(
    message,
  );
}
