import { fallbackResult } from '../../report/document/fallback.ts';
import { capital, sentence } from '../../report/document/words.ts';
import type { DrillReport } from '../../report/report.ts';
import type { Message } from '../message.ts';
import { meaningOf, placeLine } from './run.ts';

interface AboutFallback {
  readonly id: string;
  /** The run that failed. */
  readonly fallbackOf: string;
}

/** As docs/exit-statuses.md has it: whatever came of the fallback, the drill has failed. */
const FAILED = 1;

/** What came of the fallback of a run that failed. Whoever reads no more than its first word reads that the drill has failed. */
export function fallbackMessage(
  report: DrillReport,
  { id, folder, fallbackOf }: AboutFallback & { readonly folder: string },
): Message {
  const { drill, verdict, runId } = report;
  return {
    ...ofFailed(drill, id),
    title: `STILL FAILED: ${drill}; its fallback ${verdict === 'passed' ? 'recovers' : ENDED[verdict]}`,
    lines: [sentence(capital(fallbackResult(report))), staysFailed(drill, fallbackOf), placeLine(report, folder)],
    at: report.finishedAt,
    host: report.environment.host,
    details: { fallbackOf, run: runId, verdict, rtoMs: report.rto.measuredMs, folder },
  };
}

const ENDED = { failed: 'failed too', inconclusive: 'has no answer', cancelled: 'was cancelled' } as const;

/** A fallback that could not begin, or ended by a bug (null), for those who wait for what comes of it. */
export function fallbackRefusedMessage(
  code: string | null,
  {
    id,
    drill,
    fallbackOf,
    at,
    host,
  }: AboutFallback & { readonly drill: string; readonly at: Date; readonly host: string },
): Message {
  const why = code === null ? 'pgdrill ended with an error of its own' : `${code}: ${meaningOf(code)}`;
  return {
    ...ofFailed(drill, id),
    title: `STILL FAILED: ${drill}; its fallback could not be run`,
    lines: [why, staysFailed(drill, fallbackOf)],
    at: at.toISOString(),
    host,
    details: { fallbackOf, run: null, code: code ?? 'bug' },
  };
}

function ofFailed(drill: string, id: string) {
  return {
    id,
    about: 'fallback',
    drill,
    state: 'failed',
    tone: 'bad',
    exitStatus: FAILED,
    log: [] as string[],
  } as const;
}

function staysFailed(drill: string, fallbackOf: string): string {
  return `It was tried after run ${fallbackOf}, and counts for nothing: ${drill} stays failed.`;
}
