import { withoutQuoted } from './data-fault.ts';
import { shortened } from '../core/shortened.ts';

/** A relation that amcheck complained of. */
export interface Complaint {
  readonly kind: 'heap' | 'btree';
  readonly database: string;
  /** `schema.name`. */
  readonly relation: string;
  readonly block: number | null;
  readonly message: string;
  /** The server gave up with it; else it is a row of what verify_heapam() has found. */
  readonly isError: boolean;
}

/** What pg_amcheck says of where: `heap table "db.schema.name", block 3, offset 2:` and `btree index "db.schema.name":`. */
const WHERE = /^(heap table|btree index) "(.*)"(?:, block (\d+))?(?:, offset \d+)?(?:, attribute \d+)?:$/;

/**
 * Reads the complaints of pg_amcheck (14 to 18) line by line: where something is wrong, then what, indented. Names with dots are told
 * apart by the databases that it was asked for.
 */
export class ComplaintReader {
  readonly #databases: readonly string[];
  readonly #onComplaint: (complaint: Complaint) => void;
  #where: Omit<Complaint, 'message' | 'isError'> | null = null;

  constructor(databases: readonly string[], onComplaint: (complaint: Complaint) => void) {
    // One name may begin with another and a dot.
    this.#databases = databases.toSorted((a, b) => b.length - a.length);
    this.#onComplaint = onComplaint;
  }

  push(line: string): void {
    const [, kind, name = '', block] = WHERE.exec(line) ?? [];
    if (kind !== undefined) {
      const database = this.#databases.find((one) => name.startsWith(`${one}.`)) ?? '';
      const relation = name.slice(database === '' ? 0 : database.length + 1);
      const where = { database, relation, block: block === undefined ? null : Number(block) };
      this.#where = { kind: kind === 'heap table' ? 'heap' : 'btree', ...where };
      return;
    }
    if (this.#where === null || !/^\s+\S/.test(line)) return;
    // Only the first line says what is wrong; DETAIL and HINT come behind it.
    const said = line.trim();
    const message = said.replace(ERROR, '');
    this.#onComplaint({ ...this.#where, message, isError: message !== said });
    this.#where = null;
  }
}

const ERROR = /^(?:ERROR|FATAL|PANIC):\s+(?:[0-9A-Z]{5}: )?/;

/** What verify_nbtree.c (12 to 18) says of an index that is damaged names the index. */
const OF_INDEX = /\bindex ".*"/;

/** What bufmgr.c, md.c and others (12 to 18) say of a damaged page or file of whatever relation. */
const OF_DATA: readonly RegExp[] = [
  /^invalid page in block \d/,
  /^could not read blocks? [\d.]+ in file .*: read only/,
  /^could not open file "[^/"][^"]*"(?: \(target block \d+\))?: (?:No such file|previous segment)/,
  /^(?:missing|unexpected) chunk (?:number|size)/,
  /^compressed \w+ data is corrupt/,
  /^could not access status of transaction/,
];

const NO_ANSWER =
  /Input\/output error|No space left|out of memory|canceling statement|could not access file|terminating connection|cannot check|cannot verify/;

/** What is damaged, by a complaint; null: it is no complaint about the data, or none that is known. */
export function damageIn({ kind, message, isError }: Complaint): 'heap' | 'toast' | 'index' | 'row' | null {
  if (NO_ANSWER.test(message)) return null;
  const isOfData = OF_DATA.some((pattern) => pattern.test(message));
  // An error that is not of the data says why a table could not be looked at: an amcheck of an older version has no verify_heapam().
  if (kind === 'heap') return isError && !isOfData ? null : /toast/i.test(message) ? 'toast' : 'heap';
  if (LACKS_ROW.test(message)) return 'row';
  return isOfData || OF_INDEX.test(message) ? 'index' : null;
}

const LACKS_ROW = /lacks matching index tuple/;

/** Whether another order of texts makes amcheck say so as well. A page that cannot be read is damage under any collation. */
export function mayBeOrderAlone({ kind, message }: Complaint): boolean {
  return kind === 'btree' && (LACKS_ROW.test(message) || ORDER.test(message));
}

const ORDER = /invariant violated|could not find tuple using search|mismatch between parent key/;

/** What is wrong, in amcheck's words. Words that are not known are not shown: a function in an index may quote a value. */
export function complaintText(complaint: Complaint): string {
  const { relation, message } = complaint;
  const isKnown = damageIn(complaint) !== null;
  return `${relation}: ${isKnown ? withoutQuoted(message) : 'an error that is not of amcheck, whose words are not shown'}`;
}

/** Whether pg_amcheck (14 to 18) looked at everything: it ends with 2 when it found something, which then was told. */
export function hasLookedAtAll(exitCode: number | null, complaints: number): boolean {
  return exitCode === 0 ? complaints === 0 : exitCode === 2 && complaints > 0;
}

/** Why it did not, in its own words: what a server says behind them may quote data. Null: the line does not tell. */
export function whyNotIn(line: string): string | null {
  return /^pg_amcheck: (?:error|warning):/.test(line) ? shortened(line.split(': ').slice(0, 3).join(': '), 200) : null;
}
