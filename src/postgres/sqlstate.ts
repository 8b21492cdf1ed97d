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
