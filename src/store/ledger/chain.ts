import { lineHash, parseLine, type LedgerLine, type MissedEntry } from './line.ts';
import type { SelfTestedEntry } from './self-tested.ts';

/** Something that is wrong with a ledger. */
interface ChainFault {
  /** The line, from 1, as they stand in the file. */
  readonly line: number;
  readonly what: string;
}

/** What the lines of a ledger come to. */
export interface ChainCheck {
  readonly lines: readonly LedgerLine[];
  readonly faults: readonly ChainFault[];
  /** SHA-256 of the last line; null: there is none. */
  readonly head: string | null;
}

/**
 * Checks a ledger by itself: that each line is whole, names the hash of the line before it and stands at its place; that the
 * runs of each drill are counted without a gap, each one begins once and ends at most once, and each statement counts once. A change anywhere but in the last
 * line breaks the chain; that the last lines were cut off can only be seen from outside. `part`: these are the last lines of
 * a ledger, from any line on. What its first line says of its place is taken as it is.
 */
export function checkChain(text: string, extent: 'whole' | 'part' = 'whole'): ChainCheck {
  const texts = text.split('\n');
  const torn = texts.pop() ?? '';
  const faults: ChainFault[] = [];
  const lines: LedgerLine[] = [];
  const first = extent === 'part' ? parsed(texts[0] ?? '') : null;
  const runs = new RunCount(first === null || first.line === 1);
  let { previous, line: due } = first ?? { previous: null, line: 1 };
  for (const [index, one] of texts.entries()) {
    const fault = (what: string): void => void faults.push({ line: index + 1, what });
    const line = parsed(one);
    if (line === null) {
      fault('it is no line of a ledger');
    } else {
      lines.push(line);
      // Where a line is missing, those behind it are all at their place after the first.
      if (line.line !== due) fault(`it says that it is line ${line.line}`);
      due = line.line;
      if (line.previous !== previous) fault(`it does not follow line ${index}: that one, or its place, was changed`);
      const opens = index === 0 && line.line === 1;
      if ((line.kind === 'opened') !== opens) fault('a ledger is opened in its first line, and nowhere else');
      for (const what of runs.take(line)) fault(what);
    }
    previous = lineHash(one);
    due += 1;
  }
  if (torn !== '') faults.push({ line: texts.length + 1, what: 'it is not whole: it has no end' });
  return { lines, faults, head: previous };
}

function parsed(text: string): LedgerLine | null {
  try {
    return parseLine(text);
  } catch {
    return null;
  }
}

/** Counts the runs of each drill. */
class RunCount {
  /** False: runs of before the first line are not known. */
  readonly #knowsAll: boolean;
  readonly #numbers = new Map<string, number>();
  /** When each drill was due for the last time of those that are on record as missed. */
  readonly #missed = new Map<string, string>();
  readonly #states = new Map<string, 'begun' | 'lost' | 'closed'>();
  readonly #statements = new Set<string>();
  readonly #selfTests = new Set<string>();

  constructor(knowsAll: boolean) {
    this.#knowsAll = knowsAll;
  }

  /** What is wrong with a line, after those before it. */
  take(line: LedgerLine): string[] {
    if (line.kind === 'opened' || line.kind === 'repaired') return [];
    if (line.kind === 'self-tested') return this.#selfTest(line);
    if (line.kind === 'missed') return this.#miss(line);
    const name = `${line.drill}/${line.run}`;
    const state = this.#states.get(name);
    const isOfBefore = state === undefined && !this.#knowsAll;
    if (line.kind === 'signed-off') {
      const isOnRecord = this.#statements.has(line.statement);
      this.#statements.add(line.statement);
      return [
        ...(state === 'closed' || isOfBefore ? [] : [`the run ${line.run} is signed off and has not ended`]),
        // Whoever has no key can still say again what somebody has said once.
        ...(isOnRecord ? [`the statement of ${line.by} about ${name} is on record already`] : []),
      ];
    }
    const isFirst = line.kind === 'begun' || (line.kind === 'ended' && line.recorded === 'adopted');
    this.#states.set(name, line.kind === 'begun' ? 'begun' : line.kind === 'lost' ? 'lost' : 'closed');
    if (isFirst)
      return [...(state === undefined ? [] : [`the run ${line.run} is on record already`]), ...this.#count(line)];
    if (state === undefined) return isOfBefore ? [] : [`the run ${line.run} ends and has not begun`];
    // A run that was taken for lost, on a machine whose locks are not seen here, may still end.
    const mayEnd = state === 'begun' || (state === 'lost' && line.kind === 'ended');
    return mayEnd ? [] : [`the run ${line.run} has ended already`];
  }

  /** Whoever has no key can still say again what a self-test has said once. */
  #selfTest({ id }: SelfTestedEntry): string[] {
    const isOnRecord = this.#selfTests.has(id);
    this.#selfTests.add(id);
    return isOnRecord ? [`the self-test ${id} is on record already`] : [];
  }

  /** What was missed is told once, in order. */
  #miss({ drill, dueAt }: MissedEntry): string[] {
    return dueAt.flatMap((at) => {
      const before = this.#missed.get(drill) ?? '';
      this.#missed.set(drill, at);
      return at <= before ? [`that ${drill} was not run at ${at} is on record already`] : [];
    });
  }

  #count({ drill, number }: { readonly drill: string; readonly number: number }): string[] {
    const before = this.#numbers.get(drill);
    this.#numbers.set(drill, number);
    if (before === undefined && !this.#knowsAll) return [];
    const expected = (before ?? 0) + 1;
    return number === expected ? [] : [`it is run ${number} of ${drill}, where run ${expected} is due`];
  }
}
