import type { FindingList } from './findings.ts';
import type { PartContext } from './part.ts';
import { fractionIn, programEnvironment, runToTheEnd } from './program.ts';
import { ComplaintReader, hasLookedAtAll, whyNotIn, type Complaint } from '../../postgres/amcheck-output.ts';

/** One run of pg_amcheck over all databases, with as many connections as there are processors. */
export async function checkByProgram(
  context: PartContext,
  databases: readonly string[],
  findings: FindingList,
  onComplaint: (complaint: Complaint) => void,
): Promise<void> {
  let complaints = 0;
  const reader = new ComplaintReader(databases, (complaint) => {
    complaints += 1;
    onComplaint(complaint);
  });
  let why: string | null = null;
  const result = await runToTheEnd(context, amcheckWords(context, databases), findings, {
    env: programEnvironment(context, databases[0] ?? 'postgres'),
    role: 'check',
    onLine: (line, stream) => {
      if (stream === 'out') return reader.push(line);
      const fraction = fractionIn(line);
      if (fraction === null) why ??= whyNotIn(line);
      else context.onProgress(fraction);
    },
  });
  if (result === null || hasLookedAtAll(result.exitCode, complaints)) return;
  findings.add('not-examined', `pg_amcheck ended with ${result.exitCode ?? '?'}: ${why ?? 'it does not say why'}`);
}

/** The words of the program. A pattern in quotes means that name, whatever is in it. */
function amcheckWords(
  { binaries, jobs, standby, options: { amcheck } }: Pick<PartContext, 'binaries' | 'jobs' | 'standby' | 'options'>,
  databases: readonly string[],
): string[] {
  const parent = amcheck.parentCheck && !standby;
  return [
    'pg_amcheck',
    '--no-password',
    '--progress',
    `--jobs=${jobs}`,
    ...(amcheck.heapAllIndexed ? ['--heapallindexed'] : []),
    ...(parent ? ['--parent-check'] : []),
    ...(parent && binaries.major >= UNIQUE_SINCE ? ['--checkunique'] : []),
    ...databases.map((name) => `--database="${name.replaceAll('"', '""')}"`),
  ];
}

const UNIQUE_SINCE = 17;
