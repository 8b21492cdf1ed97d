/** Resolves once a signal is aborted. */
export function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}

/** Aborted once something has settled. */
export function abortedBy(settled: Promise<unknown>): AbortSignal {
  const controller = new AbortController();
  void settled.then(() => controller.abort());
  return controller.signal;
}
