import { bisect, type Bisected } from '../../bisect/bisect.ts';
import { bisectMarkdown } from '../../bisect/describe.ts';
import { bisectSchema } from '../../bisect/document.ts';
import { parseDurationMs } from '../../core/duration.ts';
import { DrillError } from '../../core/errors.ts';
import { drillServices, type DrillPlan } from '../../index.ts';
import type { PlanOverride } from '../../plan/load.ts';
import { formatLsn, parseLsn, type Lsn } from '../../postgres/lsn.ts';
import { parseTargetTime } from '../../targets/target-time.ts';
import type { AskedRange, Bound } from '../../bisect/range.ts';
import type { CliContext } from '../context.ts';
import { progress } from '../listeners/progress.ts';
import { plansFor } from '../plans/load-plans.ts';
import type { PlanOptions } from '../plans/plan-options.ts';
import { bisectText } from './result-text.ts';
import { statusOf } from './status.ts';

export interface BisectOptions extends Pick<
  PlanOptions,
  'stanza' | 'config' | 'repo' | 'backup' | 'targetTimeline' | 'sandbox' | 'scratch' | 'processMax' | 'reports'
> {
  readonly sql: string;
  readonly database: string;
  readonly table?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly timeout: string;
  readonly json?: true | undefined;
}

/** `drill bisect`: finds the transaction that made a predicate false, and prints and writes the answer. Returns the exit status. */
export async function bisectCommand(file: string | null, options: BisectOptions, context: CliContext): Promise<number> {
  const { env, redactor, signal, hurry } = context;
  const timeoutMs = parseDurationMs(options.timeout);
  if (timeoutMs === null || timeoutMs <= 0)
    throw new DrillError('plan-invalid', `--timeout ${options.timeout} is no duration`, {
      hint: 'write it as 30s or 5m',
    });
  const now = new Date();
  const range = { from: boundOf('--from', options.from, now), to: boundOf('--to', options.to, now) };
  if (isReversed(range))
    throw new DrillError('plan-invalid', `--from ${options.from} does not lie before --to ${options.to}`);
  const planFor = (lsn: Lsn | null): DrillPlan => planAt(file, options, lsn, env);
  const plan = planFor(null);
  const shown = { mode: options.json ? 'none' : context.interactive ? 'live' : 'lines', logLevel: null } as const;
  const view = progress(shown, context, plan);
  const services = drillServices(plan, { signal, hurry, redactor, env }, view.hear);
  const { sql, database, table = [] } = options;
  const predicate = { sql, database, tables: table, timeoutMs };
  const bisected = await bisect({ predicate, range, planFor }, { ...services, attestor: null }).finally(() => {
    void view.end?.();
  });
  show(bisected, options, context);
  return statusOf(bisected.document, context.receivedSignal());
}

function show({ document, folder }: Bisected, { json }: BisectOptions, context: CliContext): void {
  const text = JSON.stringify(bisectSchema.parse(document), null, 2);
  folder.keep('bisect.json', `${text}\n`);
  folder.keep('bisect.md', bisectMarkdown(document));
  const { stdout, stdoutStyle, stdoutColumns } = context;
  stdout(json ? `${text}\n` : `\n${bisectText(document, `${folder.path}/bisect.md`, stdoutStyle, stdoutColumns())}`);
}

/** The plan of a restore that leads to where the range begins, with all left out that only a drill asks. */
function planAt(file: string | null, options: BisectOptions, lsn: Lsn | null, env: NodeJS.ProcessEnv): DrillPlan {
  const places = [targetAt(options, lsn), ...NO_OTHERS.filter(() => file !== null)];
  const [plan, ...others] = plansFor(file === null ? [] : [file], given(options), places, env);
  if (!plan || others.length > 0)
    throw new DrillError('plan-invalid', 'bisect looks into one repository, and the plan names several', {
      hint: 'name one, such as --repo 1',
    });
  if (plan.rotation !== null)
    throw new DrillError('plan-invalid', 'bisect restores one set, and the plan takes turns', {
      hint: 'add --backup latest',
    });
  const sandbox = 'reuse' in plan.sandbox ? { ...plan.sandbox, reuse: false } : plan.sandbox;
  const unasked = {
    checks: [],
    compare: null,
    integrity: null,
    baseline: null,
    fallback: null,
    notify: [],
    schedule: null,
  };
  return { ...plan, ...unasked, sandbox, name: `${plan.name}-bisect` };
}

/** Where the range begins takes the place of several targets as well. */
const NO_OTHERS: readonly PlanOverride[] = [{ path: ['targets'], value: undefined, option: '--from' }];

/** The options that have a place in a plan. */
function given({ stanza, config, repo, backup, sandbox, scratch, processMax, reports }: BisectOptions): PlanOptions {
  const options = { stanza, config, repo, backup, sandbox, scratch, processMax, reports };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function targetAt({ from, targetTimeline }: BisectOptions, lsn: Lsn | null): PlanOverride {
  const start = lsn === null ? from : formatLsn(lsn);
  const place = start === undefined ? { latest: true } : parseLsn(start) === null ? { time: start } : { lsn: start };
  const number = Number(targetTimeline);
  const timeline = targetTimeline === undefined ? {} : { timeline: Number.isInteger(number) ? number : targetTimeline };
  return {
    path: ['target'],
    value: { ...place, ...timeline },
    option: start === undefined ? '--target-timeline' : '--from',
  };
}

function isReversed({ from, to }: AskedRange): boolean {
  if (from === null || to === null) return false;
  if ('at' in from) return 'at' in to && from.at >= to.at;
  return 'lsn' in to && from.lsn >= to.lsn;
}

function boundOf(option: string, text: string | undefined, now: Date): Bound | null {
  if (text === undefined) return null;
  const lsn = parseLsn(text);
  if (lsn !== null) return { lsn };
  const time = parseTargetTime(text, now);
  if (!time.ok) throw new DrillError('plan-invalid', `${option}: ${time.problem}, or an LSN such as 0/3000148`);
  return { at: time.instant };
}
