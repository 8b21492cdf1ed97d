import { messageOf } from '../../core/errors.ts';
import type { DrillPlan } from '../../index.ts';
import { isOfTheSystem } from '../../store/system-fault.ts';
import type { CliContext } from '../context.ts';
import type { MakeListener } from './listener.ts';

/** The runbook, written again after each run that passed, where the plan says so. What goes wrong with it is said, and no more. */
export const runbook: MakeListener = ({ mode }, context, plan) => {
  const { stderr, stderrStyle, redactor } = context;
  const files = plan.runbook?.write ?? [];
  let hasPassed = false;
  const tell = ({ file, problem }: Written): string => {
    if (problem !== null) return `${stderrStyle('yellow', '!')} the runbook was not written to ${file}: ${problem}\n`;
    return mode === 'none' ? '' : `${stderrStyle('dim', `the runbook was written to ${file}`)}\n`;
  };
  return {
    hear: (event) => {
      if (event.kind === 'run-ended') hasPassed = event.report.verdict === 'passed';
    },
    // The line that moves is gone by then.
    end: async () => {
      if (!hasPassed || files.length === 0) return;
      const written = await writeAll(files, plan, context);
      stderr(redactor.text(written.map(tell).join('')));
    },
  };
};

interface Written {
  readonly file: string;
  /** Null: it was written. */
  readonly problem: string | null;
}

async function writeAll(files: readonly string[], plan: DrillPlan, { env, redactor }: CliContext): Promise<Written[]> {
  const { runbookOf } = await import('../../runbook/of-plan.ts');
  const { writeRunbook } = await import('../../runbook/write.ts');
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
