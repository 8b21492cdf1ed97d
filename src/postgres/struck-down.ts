/** What a server logs (PostgreSQL 12 to 18) when something from outside ends it, or one of its processes. */
const FROM_OUTSIDE: readonly (readonly [text: RegExp, what: string])[] = [
  // A process that a fault of its own ends gets SIGSEGV, SIGABRT or SIGBUS.
  [/was terminated by signal 9\b/, 'one of its processes was killed (SIGKILL)'],
  [/received (?:smart|fast|immediate) shutdown request/, 'it was told to shut down'],
];

/** By the signal that ends one session; a server also ends its parallel workers so, when their query fails. */
const SESSION_ENDED = /terminating connection due to administrator command/;

/** What in the log of a server tells that something from outside ended it; null: nothing does. */
export function struckDownBy(log: string): string | null {
  return FROM_OUTSIDE.find(([text]) => text.test(log))?.[1] ?? null;
}

/** The same of a session, of which nothing but its end was seen. */
export function sessionEndedBy(log: string): string | null {
  return struckDownBy(log) ?? (SESSION_ENDED.test(log) ? 'a session was ended by a signal' : null);
}

/** Whether a session got no answer since it, or its server, was gone: told from the words of Node.js, pg and PostgreSQL. */
export function wasCutOff(message: string): boolean {
  return /Connection terminated|ECONNRESET|ECONNREFUSED|EPIPE|the database system is (starting up|shutting down|in recovery mode|not (yet )?accepting connections)/.test(
    message,
  );
}
