import { parseBytes } from '../../core/bytes.ts';
import { DrillError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { TuneDocument } from '../../tune/document.ts';
import { KNOB_IDS, type KnobId } from '../../tune/knobs.ts';
import { runTune } from '../../tune/tune.ts';
import type { CliContext } from '../context.ts';
import { EXIT, exitStatusOfSignal } from '../exit-status.ts';
import { plansFor } from '../plans/load-plans.ts';
import type { PlanOptions } from '../plans/plan-options.ts';
import { tuneText } from './result-text.ts';
import { TuneView } from './view.ts';

interface TuneOptions extends PlanOptions {
  readonly only?: readonly string[] | undefined;
  readonly drills: string;
  readonly memory?: string | undefined;
  readonly json?: true | undefined;
}

/** `drill tune`: what settings would do for the RTO. Returns the exit status: 3 where the drill as configured does not pass. */
export async function tune(file: string, options: TuneOptions, context: CliContext): Promise<number> {
  const { env, redactor, signal, hurry } = context;
  const knobs = chosen(options.only);
  const drills = countOf(options.drills);
  const memoryBytes = memoryOf(options.memory);
  const [plan, ...others] = plansFor([file], options, [], env);
  if (!plan || others.length > 0)
    throw new DrillError('plan-invalid', `one copy is tuned, and ${file} names ${others.length + 1}`, {
      hint: 'name the repository, such as --repo 1',
    });
  const view = new TuneView(context, options.json === true);
  view.begins(plan.name);
  const found = await runTune(
    { plan, knobs, drills, memoryBytes },
    { redactor, signal, hurry, env, tell: (event) => view.hear(event) },
  ).finally(() => view.ends());
  const document = redactor.data(found);
  if (options.json) context.stdout(`${JSON.stringify(document)}\n`);
  else context.stdout(`\n${tuneText(document, context.stdoutStyle, context.stdoutColumns())}`);
  return statusOf(document, context);
}

function chosen(only: readonly string[] | undefined): readonly KnobId[] {
  if (only === undefined) return KNOB_IDS;
  const unknown = only.find((id) => !KNOB_IDS.some((known) => known === id));
  if (unknown === undefined) return KNOB_IDS.filter((id) => only.includes(id));
  throw new DrillError('plan-invalid', `--only: there is no ${unknown} to try${didYouMean(unknown, KNOB_IDS)}`, {
    hint: `what can be tried is ${KNOB_IDS.join(', ')}`,
  });
}

/** More drills of one way say nothing more. */
const MOST_DRILLS = 99;

function countOf(text: string): number {
  const count = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (count >= 1) return count;
  throw new DrillError('plan-invalid', `--drills ${text} is no number from 1 to ${MOST_DRILLS}`);
}

function memoryOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const bytes = parseBytes(text);
  if (bytes === null || bytes <= 0)
    throw new DrillError('plan-invalid', `--memory ${text} is no size`, { hint: 'write it as 64GB' });
  return bytes;
}

function statusOf({ ended, left }: TuneDocument, { receivedSignal, signal }: CliContext): number {
  if (signal.aborted) return exitStatusOfSignal(receivedSignal());
  if (ended !== null) return EXIT.inconclusive;
  return left.length > 0 ? EXIT.cleanup : EXIT.passed;
}
