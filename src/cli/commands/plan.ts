import type { Command } from '@commander-js/extra-typings';
import { readMachine } from '../../machine/read-machine.ts';
import { systemClock } from '../../core/clock.ts';
import { planDrill, type DrillOutline, type FoundAhead } from '../../drill/plan-drill.ts';
import { newSeed } from '../../core/draw.ts';
import { sandboxFor } from '../../sandbox/registry.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { plansFor } from '../plans/load-plans.ts';
import { addPlanOptions, seedOf, type PlanOptions } from '../plans/plan-options.ts';
import { foundLines, outlineText } from '../view/outline.ts';
import { settingsText } from '../view/settings.ts';
import type { Done } from './command.ts';

interface PlanCommandOptions extends PlanOptions {
  readonly json?: true | undefined;
  /** False where it is left out. */
  readonly environment?: boolean | undefined;
}

export function define(command: Command, context: CliContext, done: Done): void {
  addPlanOptions(command);
  command
    .argument('[plan]', 'a plan file, or its name in drills/')
    .optionsGroup('Output:')
    .option('--json', 'print it as JSON, a line a drill')
    .option('--no-environment', 'leave out what the machine of the drill has and lacks, for which catalogs are fetched')
    .addHelpText('after', examples('drill plan --stanza main', 'drill plan orders --target-time -15m'))
    .action(async (file, options) => done(await plan(file, options, context)));
}

/** What a run would do. Restores nothing. Returns the exit status, which a failing preflight throws. */
async function plan(file: string | undefined, options: PlanCommandOptions, context: CliContext): Promise<number> {
  const outlines: DrillOutline[] = [];
  for (const drill of plansFor(file === undefined ? [] : [file], options, [], context.env)) {
    const { redactor, signal, hurry, env } = context;
    const services = {
      clock: systemClock,
      redactor,
      sandbox: sandboxFor(drill.sandbox),
      seed: seedOf(options) ?? newSeed(),
      signal,
      hurry,
      env,
    };
    const found: FoundAhead = { findings: [], environment: options.environment === false ? null : [] };
    try {
      outlines.push(await planDrill(drill, services, found));
    } catch (error) {
      const lines = foundLines(found, context.stderrStyle);
      context.stderr(redactor.text(lines.map((line) => `${line}\n`).join('')));
      throw error;
    }
  }
  const width = context.stdoutColumns();
  if (!options.json) context.stderr(settingsText(readMachine(context.env)));
  context.stdout(
    options.json
      ? outlines.map((outline) => `${JSON.stringify(outline)}\n`).join('')
      : outlines.map((outline) => outlineText(outline, context.stdoutStyle, width)).join('\n'),
  );
  return outlines.some(({ left }) => left.length > 0) ? EXIT.cleanup : EXIT.passed;
}
