import type { DrillReport } from '../../report/report.ts';
import type { RunRecord } from '../run-record.ts';

/** When production and the copy were asked, in the form of the report. */
export function describeComparison({
  production,
  copyAskedAt,
  recovery,
}: Pick<RunRecord, 'production' | 'copyAskedAt' | 'recovery'>): DrillReport['comparison'] {
  if (production === null) return null;
  const problems = production.answers.flatMap((answer) => ('problem' in answer ? [answer.problem] : []));
  const asked = problems.length < production.answers.length;
  return {
    productionAskedAt: asked ? production.askedAt.toISOString() : null,
    productionAnsweredAt: asked ? production.answeredAt.toISOString() : null,
    copyStateAt: recovery?.lastCommitAt ?? null,
    copyAskedAt: copyAskedAt?.toISOString() ?? null,
    problem: problems[0] ?? null,
  };
}
