import { readUserConfig } from '../pgbackrest/user-config.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { RunStore } from '../store/run-store.ts';
import { collectRunbook } from './collect.ts';
import { describeRunbook } from './describe.ts';
import { runbookHtml, runbookMarkdown } from './print.ts';
import { recoverScript } from './recover-script.ts';

export type RunbookFormat = 'md' | 'html';

/** The runbook of a plan, of what is on record now. It may hold secrets of the configuration. */
export function runbookOf(plan: DrillPlan, env: NodeJS.ProcessEnv): (format: RunbookFormat) => string {
  const config = readUserConfig(plan.source.config, env);
  const document = describeRunbook(collectRunbook(plan, config, new RunStore(plan.reports)));
  return (format) => (format === 'html' ? runbookHtml(document) : runbookMarkdown(document));
}

/** The script of a recovery in earnest to the target of a plan; `command` prints it again. It holds no secrets. */
export function recoverScriptOf(plan: DrillPlan, command: string, env: NodeJS.ProcessEnv): string {
  const config = readUserConfig(plan.source.config, env);
  const drilled = new RunStore(plan.reports).lastPassedAhead(plan.name);
  return recoverScript({ plan, config, drilled, command });
}
