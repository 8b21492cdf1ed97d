import { messageOf } from '../../core/errors.ts';
import { lackIn } from '../../postgres/lacks.ts';
import type { FindingCode } from './findings.ts';

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
 * A value of 512 MB and more cannot be written as text: PostgreSQL then says that a request of up to 4 GB is invalid, as it
 * does of any larger number that it takes from a damaged length (mcxt.c).
 */
const LARGEST_REQUEST_OF_WHOLE_DATA = 4 * 1024 ** 3;

/** 55000 of pageinspect and amcheck; the others are corrupted data and indexes, internal errors, and files that are not there. */
const DAMAGED_STATES: ReadonlySet<string> = new Set(['XX000', 'XX001', 'XX002', '58P01']);

/**
 * What a fault is while data is read. What this machine lacks, a full disk, a lock, the end of memory, and whatever is not known
 * say nothing of the data: they are doubts.
 */
export function codeOfFault({
  sqlState,
  message,
}: Fault): Extract<FindingCode, 'row-unreadable' | 'not-examined' | 'extension-missing'> {
  if (lackIn(message) !== null) return 'extension-missing';
  if (/Input\/output error|No space left|Cannot allocate memory/.test(message)) return 'not-examined';
  if (sqlState === null || !DAMAGED_STATES.has(sqlState)) return 'not-examined';
  const request = /^invalid memory alloc request size (\d+)/.exec(message)?.[1];
  if (request !== undefined && Number(request) <= LARGEST_REQUEST_OF_WHOLE_DATA) return 'not-examined';
  return 'row-unreadable';
}

/** Classes of errors whose words are PostgreSQL's own; others, and those of functions of the user's, may quote values. */
const OWN_WORDS = /^(XX|58|57|55|54|53|40|25|08)/;

/** What a server said, without anything that may be a value of restored data. */
export function faultText({ sqlState, message }: Fault): string {
  const lack = lackIn(message);
  if (lack) return lack.what;
  if (sqlState === null) return withoutQuoted(message).slice(0, LONGEST);
  if (OWN_WORDS.test(sqlState)) return `${withoutQuoted(message).slice(0, LONGEST)} (SQLSTATE ${sqlState})`;
  return `an error of SQLSTATE ${sqlState}, whose words are not shown, since they may quote data`;
}

const LONGEST = 240;

/** What stands in quotes may be a value; a file of the cluster never is. */
export function withoutQuoted(text: string): string {
  return text.replace(/"([^"]*)"/g, (whole, quoted: string) =>
    /^(?:base|global|pg_tblspc|pg_xact|pg_multixact)\/[\w./]*$/.test(quoted) ? whole : '"…"',
  );
}
