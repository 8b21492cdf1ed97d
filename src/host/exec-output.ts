import { timerMs } from '../core/timer.ts';
import { LARGEST_OUTPUT, tooMuchOutput, type RunOptions } from './host.ts';
import { LineHearer, LineSplitter } from './line-splitter.ts';
import { Tail } from './tail.ts';

interface Collecting {
  readonly onLine?: ((line: string) => void) | undefined;
  readonly end?: string | undefined;
  /** `exceeded` is called when there is more, which is then not kept. */
  readonly limit?: { readonly bytes: number; readonly exceeded: () => void };
}

function refuseMore(): void {
  throw tooMuchOutput('a program');
}

/** The whole text of a stream, or with `onLine` its last lines. */
export async function collect(
  stream: NodeJS.ReadableStream,
  { onLine, end, limit = { bytes: LARGEST_OUTPUT, exceeded: refuseMore } }: Collecting = {},
): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const tail = new Tail();
  const hearer = new LineHearer((line) => onLine?.(line));
  const splitter = new LineSplitter((line) => {
    tail.push(line);
    hearer.hear(line);
  }, end);
  for await (const piece of stream) {
    if (onLine) splitter.push(piece as Buffer);
    else if (bytes <= limit.bytes) {
      bytes += piece.length;
      if (bytes > limit.bytes) limit.exceeded();
      else pieces.push(piece as Buffer);
    }
  }
  splitter.end();
  hearer.rethrow();
  return onLine ? tail.text : Buffer.concat(pieces).toString('utf8');
}

type EndedEarly = 'timeout' | 'abort' | 'output';

/**
 * Ends a program at its deadline, when the signal aborts, or when it prints too much; `settle` tells which, once the
 * ending is through.
 */
export function endEarly(
  { signal, deadlineMs }: RunOptions,
  end: () => Promise<void>,
): { tooMuch: () => void; settle(): Promise<EndedEarly | null> } {
  let why: EndedEarly | null = null;
  let ending: Promise<void> = Promise.resolve();
  const because = (reason: EndedEarly) => (): void => {
    if (why !== null) return;
    why = reason;
    ending = end().catch(() => undefined);
  };
  const abort = because('abort');
  const timer = deadlineMs === undefined ? undefined : setTimeout(because('timeout'), timerMs(deadlineMs));
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return {
    tooMuch: because('output'),
    settle: async () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      await ending;
      return why;
    },
  };
}
