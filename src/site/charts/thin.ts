/**
 * At most `most` of many, in their order: of each few that follow each other the one of the greatest value. A picture of
 * many runs shows the worst of them, never a mean that hides it.
 */
export function thin<T>(items: readonly T[], most: number, valueOf: (item: T) => number): T[] {
  const size = Math.ceil(items.length / most);
  if (size < 2) return [...items];
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => {
    const group = items.slice(index * size, (index + 1) * size);
    return group.reduce((worst, item) => (valueOf(item) > valueOf(worst) ? item : worst));
  });
}
