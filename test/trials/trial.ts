import { expect, test } from 'vitest';
import type { DrillRun } from '../fixtures/drill.ts';
import { leftovers } from '../fixtures/drill.ts';
import { TRIALS } from './table.ts';
import type { TrialEnding, TrialRow } from './row.ts';

/** What a trial came to. */
interface Seen {
  readonly ending: TrialEnding | `exit status ${string}`;
  readonly codes: readonly string[];
  /** All that was said: reasons, hints, the terminal. */
  readonly said: string;
}

/**
 * Runs the row `id` of the table as a test: what `run` came to must be what the table says. A drill that ended must have
 * left nothing behind. `run` may make further assertions of its own about the same drill.
 */
export function trial(id: string, run: () => Promise<DrillRun>): void {
  const row = rowOf(id);
  test(`${row.id}: ${row.input}`, async () => {
    const drilled = await run();
    const { ending, codes, said } = seenIn(drilled);
    const { code, says } = row;
    const seen = {
      ending,
      code: code === null || codes.includes(code) ? code : codes.join(' '),
      says: says === null || said.includes(says) ? says : said,
    };
    expect(seen).toEqual({ ending: row.ending, code, says });
    expect(leftovers(drilled.workspace)).toEqual([]);
  });
}

/** Runs the row `id` of the table, whose `ending` is null, as a test that makes all assertions itself. */
export function claim(id: string, assertions: () => Promise<void>): void {
  const { input } = rowOf(id);
  // oxlint-disable-next-line vitest/expect-expect -- the caller makes them
  test(`${id}: ${input}`, assertions);
}

function rowOf(id: string): TrialRow {
  const row = TRIALS.find((candidate) => candidate.id === id);
  if (!row) throw new Error(`the table of trials has no row ${id}`);
  return row;
}

function seenIn({ report, status, stdout, stderr }: DrillRun): Seen {
  const terminal = `${stderr}\n${report === null ? stdout : ''}`;
  if (report === null) {
    const ending = status === 2 || status === 5 ? 'refused' : (`exit status ${String(status)}` as const);
    return { ending, codes: [...terminal.matchAll(/\b[a-z]+(?:-[a-z]+)*\b/g)].map(([word]) => word), said: terminal };
  }
  const reasons = report.reasons.map(({ message, hint }) => `${message}\n${hint ?? ''}`);
  return {
    ending: report.verdict,
    codes: report.reasons.map(({ code }) => code),
    said: [...reasons, ...report.doesNotProve, terminal].join('\n'),
  };
}
