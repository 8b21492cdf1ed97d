/** The error codes that a drill tells apart (appendix A of PostgreSQL's manual). */
export const SQLSTATE = {
  queryCanceled: '57014',
  undefinedTable: '42P01',
  invalidAuthorization: '28000',
  noSuchDatabase: '3D000',
  /** `canceling statement due to lock timeout` (12 to 18). */
  lockNotAvailable: '55P03',
  /** Among others: the database takes no connections. */
  notInPrerequisiteState: '55000',
} as const;

/** Class 28: no such role, or it may not log in. */
export function isRoleRefused(code: string | undefined): boolean {
  return code?.startsWith('28') ?? false;
}

/**
 * Whether the server says that it did not get to an answer, whatever the data is: a lock or a time was over, replay was in the way
 * (class 40), it lacks something or ends (53, 57), or met damage (58, XX).
 */
export function isNoAnswer(code: string): boolean {
  return code === LOCK_NOT_AVAILABLE || /^(08|40|53|57|58|XX)/.test(code);
}

/** Whether a statement is wrong whatever the data is: its syntax, or that it would write. */
export function isMistake(code: string | null): boolean {
  return code === SYNTAX_ERROR || code === READ_ONLY_TRANSACTION;
}

const SYNTAX_ERROR = '42601';
const READ_ONLY_TRANSACTION = '25006';

const LOCK_NOT_AVAILABLE = '55P03';

/** The types that a drill tells apart, by their OID. */
export const TYPES = { boolean: 16 } as const;
