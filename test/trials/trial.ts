import { expect, test } from 'vitest';
import { orderedReasons } from '../../src/report/document/reasons.ts';
import type { DrillRun } from '../fixtures/drill.ts';
import { leftovers, sweepOf } from '../fixtures/drill.ts';
import { FAULT_ROWS } from '../faults/table.ts';
import { statusesOf } from '../faults/fault.ts';
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
 * Runs the row `id` of the trials or of the faults as a test: what `run` came to must be what the table says, with the exit
 * status that fits. Of every drill must hold: its report is valid; it has left the repository, production and the place
 * where it ran as they were; one that was killed leaves nothing that a sweep does not remove. `run` may make further
 * assertions of its own about the same drill.
 */
export function trial(id: string, run: () => Promise<DrillRun>): void {
  const row = rowOf(id);
  test(`${row.id}: ${row.input}`, async () => {
    const drilled = await run();
    expect(differenceFrom(row, drilled)).toEqual({});
    if (row.ending === 'killed') await sweepOf(drilled.workspace, '--scratch', drilled.workspace.scratch);
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
  const row = [...TRIALS, ...FAULT_ROWS].find((candidate) => candidate.id === id);
  if (!row) throw new Error(`neither the trials nor the faults have a row ${id}`);
  return row;
}

/** Whatever is not as the row has it. */
function differenceFrom(row: TrialRow, drilled: DrillRun): Record<string, unknown> {
  const { ending, codes, said } = seenIn(drilled);
  const { code, says } = row;
  // As they are shown: a code that decides comes first, and warnings behind it.
  const counted = ending === 'passed' || ending === 'refused' ? codes : codes.slice(0, 1);
  const { before, after } = drilled.untouched;
  const differences = {
    ...(ending === row.ending ? {} : { ending }),
    ...(statusesOf(row).includes(drilled.status) ? {} : { status: drilled.status }),
    ...(code === null || counted.includes(code) ? {} : { code: codes.join(' ') }),
    ...(says === null || said.includes(says) ? {} : { says }),
    ...(row.ending === 'passed' || row.ending === 'killed' || code !== null || says !== null
      ? {}
      : { code: 'none named' }),
    ...(before === after ? {} : { before, after }),
  };
  return Object.keys(differences).length === 0 ? {} : { ...differences, said };
}

function seenIn({ report, status, stdout, stderr }: DrillRun): Seen {
  const terminal = `${stderr}\n${report === null ? stdout : ''}`;
  if (report === null) {
    const codes = [...terminal.matchAll(/\b[a-z]+(?:-[a-z]+)*\b/g)].map(([word]) => word);
    return { ending: endingWithoutReport(status), codes, said: terminal };
  }
  const reasons = report.reasons.map(({ message, hint }) => `${message}\n${hint ?? ''}`);
  return {
    ending: report.verdict,
    codes: orderedReasons(report.reasons).map(({ code }) => code),
    said: [...reasons, ...report.doesNotProve, terminal].join('\n'),
  };
}

function endingWithoutReport(status: number | null): Seen['ending'] {
  if (status === null) return 'killed';
  return status === 2 || status === 5 ? 'refused' : (`exit status ${String(status)}` as const);
}
