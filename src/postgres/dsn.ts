import { percentDecoded } from '../core/percent-decoded.ts';

/** What a connection string may not bring: it would undo what is set here, or a pooler would refuse it. */
const OURS = [
  'options',
  'application_name',
  'fallback_application_name',
  'client_encoding',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'query_timeout',
  'replication',
];

/** What libpq takes and pg does not: it would be left out without a word, and another server or database asked. */
const NOT_TAKEN = ['dbname', 'hostaddr', 'passfile', 'service', 'servicefile', 'target_session_attrs'];

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** What is wrong with a connection string; null: it can be tried. Never shows any of it. */
export function dsnProblem(dsn: string): string | null {
  if (!/^postgres(?:ql)?:\/\//.test(dsn))
    return 'is no URL such as postgresql://user@host/database?sslmode=verify-full';
  const words = wordsOf(dsn);
  if (OURS.some((name) => words.has(name)))
    return 'sets options, application_name, client_encoding or a timeout, which pgdrill sets itself; leave them out';
  const notTaken = NOT_TAKEN.find((name) => words.has(name));
  if (notTaken !== undefined)
    return `has ${notTaken}, which is not taken here; write the host and the database before the question mark`;
  const host = hostOf(dsn, words);
  if (host === null) return 'names no host';
  const mode = words.getAll('sslmode').at(-1) ?? null;
  if (mode !== null && !SSL_MODES.includes(mode)) return `has an sslmode that is none of ${SSL_MODES.join(', ')}`;
  const isHere = host.startsWith('/') || ['localhost', '127.0.0.1', '[::1]', '::1'].includes(host);
  if (!isHere && mode === null)
    return 'says nothing of TLS; add sslmode=verify-full, or sslmode=disable where the way there is safe';
  return null;
}

/** The words behind the question mark as pg reads them: decoded, and the last of a name counts. */
function wordsOf(dsn: string): URLSearchParams {
  return new URLSearchParams(/^[^?#]*\?([^#]*)/.exec(dsn)?.[1] ?? '');
}

function hostOf(dsn: string, words: URLSearchParams): string | null {
  const asked = words.getAll('host').at(-1);
  if (asked !== undefined && asked !== '') return asked;
  const named = /^postgres(?:ql)?:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)/.exec(dsn)?.[1] ?? '';
  return named === '' ? null : percentDecoded(named);
}

/** The passwords in a connection string: of the server, and of the key of a certificate. */
export function passwordsIn(dsn: string): string[] {
  const ofUser = /^[a-z]+:\/\/[^/?#:]*:([^/?#]+)@/i.exec(dsn)?.[1];
  const words = wordsOf(dsn);
  const others = [...words.getAll('password'), ...words.getAll('sslpassword')];
  const asWritten = [...dsn.matchAll(/[?&](?:ssl)?password=([^&#]+)/gi)].map(([, password = '']) => password);
  return [...(ofUser === undefined ? [] : [ofUser, percentDecoded(ofUser)]), ...others, ...asWritten];
}
