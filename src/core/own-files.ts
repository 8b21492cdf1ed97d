/**
 * Where a file of the program lies: `path` is below src/, or below dist/ where the program is compiled. Whatever this file
 * becomes a part of there lies as deep as it does here.
 */
export function ownFile(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}
