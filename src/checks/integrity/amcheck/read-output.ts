import { withoutQuoted } from '../fault.ts';
import type { FindingCode } from '../findings.ts';

/** A relation that amcheck complained of. */
export interface Complaint {
  readonly kind: 'heap' | 'btree';
  readonly database: string;
  /** `schema.name`. */
  readonly relation: string;
  readonly block: number | null;
  readonly message: string;
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
  #where: Omit<Complaint, 'message'> | null = null;

  constructor(databases: readonly string[], onComplaint: (complaint: Complaint) => void) {
    this.#databases = databases;
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
    this.#onComplaint({ ...this.#where, message: line.trim().replace(/^ERROR:\s+(?:[0-9A-Z]{5}: )?/, '') });
    this.#where = null;
  }
}

/** What verify_nbtree.c (12 to 18), bufmgr.c and md.c say of an index that is damaged. */
const OF_INDEX: readonly RegExp[] = [
  /^(?:item order|high key|cross page item order|down-link lower bound) invariant violated/,
  /^(?:index|mismatch|invalid|wrong|downlink|circular|internal|leaf|leftmost|non-rightmost|block|left link|posting list|child|can't|could not find|could not traverse|version mismatch|line pointer|external varlena|Number of items|number of items|the first child|deleted|full transaction id|level|\w+ block \d+)\b/,
  /^invalid page in block/,
  /^could not (?:read block|open file)/,
  /unexpected zero page|uniqueness is violated|invalid memory alloc request/,
];

const NO_ANSWER =
  /Input\/output error|No space left|out of memory|canceling statement|could not access file|terminating connection|cannot check|cannot verify/;

/** The code of a complaint; null: it is no complaint about the data, or none that is known. */
export function codeOfComplaint({ kind, message }: Complaint): FindingCode | null {
  if (NO_ANSWER.test(message)) return null;
  if (kind === 'heap') return /toast/i.test(message) ? 'toast-damaged' : 'heap-damaged';
  if (/lacks matching index tuple/.test(message)) return 'index-lacks-row';
  return OF_INDEX.some((pattern) => pattern.test(message)) ? 'index-damaged' : null;
}

/** What is wrong, in amcheck's words. Words that are not known are not shown: a function in an index may quote a value. */
export function complaintText(complaint: Complaint): string {
  const { relation, message } = complaint;
  const said =
    codeOfComplaint(complaint) === null
      ? 'an error that is not of amcheck, whose words are not shown'
      : withoutQuoted(message);
  return `${relation}: ${said}`;
}

/** The block that a message about an index names; null: none. */
export function blockIn(message: string): number | null {
  const block = /\bblock (\d+)/.exec(message)?.[1];
  return block === undefined ? null : Number(block);
}
