/** The order of two stamps (ISO 8601, UTC), for sorting; null is never, and comes before ever. */
export function earlier(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  return b !== null && a < b ? -1 : 1;
}
