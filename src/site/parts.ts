/** A list in parts of at most `size`, each with its number from 1. An empty list has one part. */
export function parts<T>(items: readonly T[], size: number): { readonly part: number; readonly items: readonly T[] }[] {
  const count = Math.max(1, Math.ceil(items.length / size));
  return Array.from({ length: count }, (_, index) => ({
    part: index + 1,
    items: items.slice(index * size, (index + 1) * size),
  }));
}
