import { messageOf } from '../../core/errors.ts';
import type { DrillPlan } from '../../index.ts';
import { runbookOf } from '../../runbook/of-plan.ts';
import { writeRunbook } from '../../runbook/write.ts';
import { isOfTheSystem } from '../../store/system-fault.ts';
import type { CliContext } from '../context.ts';
import type { MakeListener } from './listener.ts';

/** The runbook, written again after each run that passed, where the plan says so. What goes wrong with it is said, and no more. */
export const runbook: MakeListener = ({ mode }, context, plan) => {
  const { stderr, stderrStyle, redactor } = context;
  const said: string[] = [];
  const say = (file: string, problem: string | null): void => {
    if (problem !== null)
      said.push(`${stderrStyle('yellow', '!')} the runbook was not written to ${file}: ${problem}\n`);
    else if (mode !== 'none') said.push(`${stderrStyle('dim', `the runbook was written to ${file}`)}\n`);
  };
  return {
    hear: (event) => {
      if (event.kind !== 'run-ended' || event.report.verdict !== 'passed') return;
      for (const { file, problem } of writeAll(plan, context)) say(file, problem);
    },
    // The line that moves is gone by then.
    end: () => stderr(redactor.text(said.join(''))),
  };
};

interface Written {
  readonly file: string;
  /** Null: it was written. */
  readonly problem: string | null;
}

function writeAll(plan: DrillPlan, { env, redactor }: CliContext): Written[] {
  const files = plan.runbook?.write ?? [];
  if (files.length === 0) return [];
  try {
    const textFor = runbookOf(plan, env);
    return files.map((file) => ({
      file,
      problem: writeRunbook(file, redactor.text(textFor(file.endsWith('.html') ? 'html' : 'md'))),
    }));
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
    return files.map((file) => ({ file, problem: messageOf(error) }));
  }
}
