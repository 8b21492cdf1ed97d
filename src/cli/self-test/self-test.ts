import { DrillError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import { attestorWith } from '../../evidence/attestor.ts';
import { openSigner } from '../../evidence/signers/index.ts';
import { keyPlaceIn } from '../../evidence/written-key.ts';
import { readMachine } from '../../machine/read-machine.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { SelfTestDocument } from '../../self-test/document.ts';
import type { Fault } from '../../self-test/fault.ts';
import { FAULTS } from '../../self-test/faults.ts';
import { openRecord, recordSelfTest, type Recorded } from '../../self-test/record.ts';
import { runSelfTest } from '../../self-test/self-test.ts';
import type { Attestor } from '../../store/attestor.ts';
import type { CliContext } from '../context.ts';
import { EXIT, exitStatusOfSignal } from '../exit-status.ts';
import { reportsDirectory } from '../known-reports.ts';
import { plansFor } from '../plans/load-plans.ts';
import { selfTestText } from './result-text.ts';
import { SelfTestView } from './view.ts';

interface SelfTestOptions {
  readonly only?: readonly string[] | undefined;
  readonly scratch?: string | undefined;
  readonly reports?: string | undefined;
  readonly json?: true | undefined;
}

/** `drill self-test`: shows whether drills fail when they must, and puts that on record. Returns the exit status. */
export async function selfTest(file: string | null, options: SelfTestOptions, context: CliContext): Promise<number> {
  const { env, redactor, signal, hurry } = context;
  const faults = chosen(options.only);
  refuseEmpty(options);
  const machine = readMachine(env);
  const plan = file === null ? null : planOf(file, env);
  const record = options.reports ?? plan?.reports ?? reportsDirectory(undefined, undefined, env);
  const attestor = attestorOf(plan?.evidence ?? machine.evidence, context);
  const discard = openRecord(record);
  const view = new SelfTestView(context, options.json === true);
  view.begins(plan?.name ?? null);
  const isWhole = Object.keys(faults).length === Object.keys(FAULTS).length;
  const scratch = { asked: options.scratch, usual: machine.scratch ?? undefined };
  const found = await runSelfTest(
    { plan, scratch, faults, isWhole },
    { redactor, signal, hurry, env, tell: (event) => view.hear(event) },
  )
    .catch((error: unknown) => {
      discard();
      throw error;
    })
    .finally(() => view.ends());
  const document = redactor.data(found);
  const recorded = await recordSelfTest(record, document, attestor);
  if (options.json) context.stdout(`${JSON.stringify(document)}\n`);
  else context.stdout(`\n${selfTestText(document, recorded, context.stdoutStyle, context.stdoutColumns())}`);
  if (recorded.problem !== null) context.stderr(`drill: this self-test is not on record: ${recorded.problem}\n`);
  return statusOf(document, recorded, context);
}

/** As the same options of other commands are refused. */
function refuseEmpty({ scratch, reports }: SelfTestOptions): void {
  for (const [option, value] of Object.entries({ '--scratch': scratch, '--reports': reports }))
    if (value === '') throw new DrillError('plan-invalid', `${option}: is empty`);
}

function planOf(file: string, env: NodeJS.ProcessEnv): DrillPlan {
  const [plan] = plansFor([file], {}, [], env);
  if (!plan) throw new DrillError('plan-invalid', `${file} names no drill`);
  return plan;
}

function chosen(only: readonly string[] | undefined): Readonly<Record<string, Fault>> {
  if (only === undefined) return FAULTS;
  const names = Object.keys(FAULTS);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown === undefined) return Object.fromEntries(Object.entries(FAULTS).filter(([name]) => only.includes(name)));
  throw new DrillError('plan-invalid', `--only: there is no fault ${unknown}${didYouMean(unknown, names)}`, {
    hint: `the faults are ${names.join(', ')}`,
  });
}

function attestorOf(place: DrillPlan['evidence'], { env, redactor }: CliContext): Attestor | null {
  const key = place ?? keyPlaceIn(env);
  return key && attestorWith(openSigner(key, { env, redactor }));
}

/** What is not on record shows nothing to anybody who comes later, so it is never a pass. */
function statusOf({ outcome, left }: SelfTestDocument, { problem }: Recorded, { receivedSignal }: CliContext): number {
  if (outcome === 'cancelled') return exitStatusOfSignal(receivedSignal());
  if (outcome === 'passed' && problem !== null) return EXIT.inconclusive;
  return outcome === 'passed' && left.length > 0 ? EXIT.cleanup : EXIT[outcome];
}
