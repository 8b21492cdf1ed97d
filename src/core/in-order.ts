/** The order of texts by their code units, which is that of ISO 8601 stamps in UTC; the same on every machine. */
export function inOrder(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
