/** A promise that may fail before anybody waits for it; whoever does is told. */
export function awaitedLater<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
