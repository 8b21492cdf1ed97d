import { messageOf } from '../core/errors.ts';
import { lackIn } from './lacks.ts';
import { SQLSTATE } from './sqlstate.ts';
import { shortened } from '../core/shortened.ts';

/** What a server said instead of an answer. */
export interface Fault {
  /** Null: it was no answer of a server. */
  readonly sqlState: string | null;
  readonly message: string;
}

/** The fault behind an error that was thrown. */
export function faultOf(error: unknown): Fault {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('severity' in at && 'code' in at && typeof at.code === 'string') {
      const detail = 'detail' in at && typeof at.detail === 'string' ? at.detail : '';
      return { sqlState: at.code, message: lackIn(detail) === null ? at.message : detail };
    }
  }
  return { sqlState: null, message: messageOf(error) };
}

/**
 * What a fault says of the data that was read. `damaged`: it is. `lacking`: this machine has not what it takes. `late`: the time was
 * over. `unknown`: nothing.
 */
export type FaultKind = 'damaged' | 'lacking' | 'late' | 'unknown';

/**
 * A value of 512 MB and more cannot be written as text: PostgreSQL then says that a request of up to 4 GB is invalid, as it
 * does of any larger number that it takes from a damaged length (mcxt.c).
 */
const LARGEST_REQUEST_OF_WHOLE_DATA = 4 * 1024 ** 3;

/** Internal errors, corrupted data, corrupted indexes, and files that are not there (appendix A of PostgreSQL's manual). */
const DAMAGED_STATES: ReadonlySet<string> = new Set(['XX000', 'XX001', 'XX002', '58P01']);

const OF_THE_MACHINE = /Input\/output error|No space left|Cannot allocate memory/;

/** A file of PostgreSQL's own; those of a cluster are named from its directory on. */
const FILE_OF_THE_MACHINE = /\bfile "\/[^"]*"/;

/** What the operating system says of a file has this state if PostgreSQL does not know it (fd.c): a stale handle of NFS, for one. */
const FILE_ACCESS = /^could not .*\bfile "[^"]*"(?: \(target block \d+\))?: (?!read only|previous segment)/;

/** A full disk, a lock, the end of memory, and whatever is not known say nothing of the data. */
export function kindOfFault({ sqlState, message }: Fault): FaultKind {
  if (lackIn(message) !== null || isExtensionAbsent(message)) return 'lacking';
  if (sqlState === SQLSTATE.queryCanceled) return 'late';
  if (sqlState === null || !DAMAGED_STATES.has(sqlState) || isOfTheMachine({ sqlState, message })) return 'unknown';
  return isLargeValue(message) ? 'unknown' : 'damaged';
}

function isOfTheMachine({ sqlState, message }: Fault): boolean {
  if (OF_THE_MACHINE.test(message) || FILE_OF_THE_MACHINE.test(message)) return true;
  return sqlState === 'XX000' && FILE_ACCESS.test(message);
}

function isLargeValue(message: string): boolean {
  const request = /^invalid memory alloc request size (\d+)/.exec(message)?.[1];
  return request !== undefined && Number(request) <= LARGEST_REQUEST_OF_WHOLE_DATA;
}

/** What PostgreSQL says of an extension whose files are not there: 12 to 14 of its control file, 15 and newer in these words. */
function isExtensionAbsent(message: string): boolean {
  return /extension ".*" is not available|could not open extension control file/i.test(message);
}

/** What PostgreSQL (12 to 18) says of a database whose map of files holds zeros, as a restore with db-include leaves it. */
export function isZeroedDatabase(refusal: string): boolean {
  return /relation mapping file .* contains invalid data/.test(refusal);
}

/** Classes of errors whose words are PostgreSQL's own; others, and those of functions of the user's, may quote values. */
const OWN_WORDS = /^(XX|58|57|55|54|53|40|25|08)/;

/** What a server said, without anything that may be a value of restored data. */
export function faultText({ sqlState, message }: Fault): string {
  const lack = lackIn(message);
  if (lack) return lack.what;
  if (isExtensionAbsent(message)) return 'this extension is not installed where the drill runs';
  if (sqlState === null) return shortened(withoutQuoted(message), LONGEST);
  if (OWN_WORDS.test(sqlState)) return `${shortened(withoutQuoted(message), LONGEST)} (SQLSTATE ${sqlState})`;
  return `an error of SQLSTATE ${sqlState}, whose words are not shown, since they may quote data`;
}

const LONGEST = 240;

/** What stands in quotes may be a value; a file of the cluster never is. */
export function withoutQuoted(text: string): string {
  return text.replace(/"([^"]*)"/g, (whole, quoted: string) =>
    /^(?:base|global|pg_tblspc|pg_xact|pg_multixact)\/[\w./]*$/.test(quoted) ? whole : '"…"',
  );
}

/** The page that a message names; null: none. */
export function blockIn(message: string): number | null {
  const block = /\bblock (\d+)/.exec(message)?.[1];
  return block === undefined ? null : Number(block);
}
