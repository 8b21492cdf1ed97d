import type { FindingList } from '../findings.ts';
import type { PartContext } from '../part.ts';
import { fractionIn, runToTheEnd } from '../program.ts';
import { ComplaintReader, type Complaint } from './read-output.ts';

/** pg_amcheck ends with it when it found something (14 to 18). */
const FOUND = 2;

/** One run of pg_amcheck over all databases, with as many connections as there are processors. */
export async function checkByProgram(
  context: PartContext,
  databases: readonly string[],
  findings: FindingList,
  onComplaint: (complaint: Complaint) => void,
): Promise<void> {
  const reader = new ComplaintReader(databases, onComplaint);
  const said: string[] = [];
  const result = await runToTheEnd(context, amcheckWords(context, databases), findings, {
    env: context.sessions.environment(databases[0] ?? 'postgres', null),
    role: 'check',
    onLine: (line, stream) => {
      if (stream === 'out') return reader.push(line);
      const fraction = fractionIn(line);
      if (fraction !== null) context.onProgress(fraction);
      else if (/^pg_amcheck: (?:error|warning):/.test(line)) said.push(line);
    },
  });
  if (result === null || result.exitCode === 0 || result.exitCode === FOUND) return;
  // What a server says may quote data: the words of pg_amcheck itself are told up to the colon.
  const why = said.map((line) => line.split(': ').slice(0, 3).join(': ')).at(0) ?? '';
  findings.add('not-examined', `pg_amcheck ended with ${result.exitCode ?? '?'}: ${why.slice(0, 200)}`);
}

/** The words of the program. A pattern in quotes means that name, whatever is in it. */
export function amcheckWords(
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
