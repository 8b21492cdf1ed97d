import { makeBundle, bundleName } from '../../evidence/bundle/make-bundle.ts';
import { periodOf } from '../../evidence/bundle/period.ts';
import { counted } from '../../report/document/words.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-status.ts';
import { reportsDirectory } from '../known-reports.ts';
import { plansHere, stampDueAfter } from '../plans/plans-here.ts';
import { publicKeyIn, signerIfNamed, trustedKeys } from './which-key.ts';

export interface BundleCommand {
  readonly from: string;
  readonly to: string;
  readonly drill?: string | undefined;
  readonly withoutValues?: true | undefined;
  readonly output?: string | undefined;
  readonly key?: string | undefined;
  readonly plan?: string | undefined;
  readonly trust?: readonly string[] | undefined;
  readonly reviewer?: readonly string[] | undefined;
  readonly reports?: string | undefined;
}

/** Makes the auditor's bundle of a period. Returns the exit status: 1 where the record is not as it was made. */
export async function bundle(options: BundleCommand, context: CliContext): Promise<number> {
  const { drill = null, withoutValues, trust = [] } = options;
  const period = periodOf(options.from, options.to, new Date());
  const signer = signerIfNamed(options, context);
  const archive = options.output ?? `${bundleName({ period, drill })}.tar.gz`;
  const plans = plansHere('the bundle', context);
  const request = {
    reports: reportsDirectory(
      options.reports,
      plans.some(({ name }) => name === drill) ? undefined : options.drill,
      context.env,
    ),
    period,
    drill,
    withoutValues: withoutValues === true,
    keys: trust.length === 0 ? null : trustedKeys(trust, undefined, context),
    reviewers: (options.reviewer ?? []).map(publicKeyIn),
    signer,
    planned: plans.flatMap(({ name, schedule }) =>
      schedule === null ? [] : [{ drill: name, schedule: schedule.text, dueAfter: stampDueAfter(schedule) }],
    ),
  };
  const { runs, files, verification } = await makeBundle(request, archive);
  const { problems } = verification;
  const { stdout, stderr, stdoutStyle, stderrStyle } = context;
  const mark = problems.length === 0 ? stdoutStyle('green', '✓') : stdoutStyle('red', '✗');
  stdout(`${mark} ${archive}: ${counted(runs.length, 'run')}, ${counted(files.length, 'file')}\n`);
  if (problems.length > 0) {
    const what = `${counted(problems.length, 'problem')} on its first page, so it is not signed`;
    stderr(`${stderrStyle('red', '✗')} the record is not as it was made: ${what}; drill evidence verify names each\n`);
    return EXIT.failed;
  }
  if (signer === null)
    stderr(`${stderrStyle('yellow', '!')} it is not signed: --key or --plan names a key that vouches for its pages\n`);
  return EXIT.passed;
}
