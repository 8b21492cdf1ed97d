import { resolve } from 'node:path';
import { DrillError } from '../../core/errors.ts';
import { accountNamed } from '../../host/run-user.ts';
import type { Installed } from '../../schedule/install/installed.ts';
import { doStep, stepText, together, type Step } from '../../schedule/install/steps.ts';
import { SCHEDULERS, SCHEDULERS_HERE, usualScheduler, type Owner } from '../../schedule/schedulers.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-status.ts';
import { planFile, planFiles } from '../plans/plan-files.ts';
import { wrap } from '../view/wrap.ts';
import type { ScheduleOptions } from './options.ts';
import { orderOf, ownerOf, refuse } from './order.ts';

/** The same of `install`. */
export interface InstallOptions extends ScheduleOptions {
  readonly dryRun?: true | undefined;
}

/** Prints what `install` would write, whoever asks. Returns the exit status. */
export function print(files: readonly string[], options: ScheduleOptions, context: CliContext): number {
  const name = options.with ?? usualScheduler();
  context.stdout(SCHEDULERS[name].text(orderOf(files, name, options, context)));
  return EXIT.passed;
}

/** Has drills start by themselves. Returns the exit status. */
export async function install(files: readonly string[], options: InstallOptions, context: CliContext): Promise<number> {
  const name = options.with ?? usualScheduler();
  const scheduler = SCHEDULERS[name];
  if (scheduler.install === null) throw new DrillError('plan-invalid', `nothing here sets up timers of ${name}`);
  if (options.userName !== undefined) requireRoot('--user-name');
  const order = orderOf(files, name, options, context);
  const { steps, problems } = await scheduler.install(order);
  refuse(problems);
  await doAll(steps, options, context);
  for (const { name: drill, schedule } of order.drills) {
    const text = `${drill}: ${options.dryRun ? 'would be' : 'is'} asked for by ${name}, and is due ${schedule.words}`;
    context.stdout(`${wrap(text, context.stdoutColumns(), 2)}\n`);
  }
  if (name === 'systemd') sayLingering(order.owner, context);
  return EXIT.passed;
}

function requireRoot(what: string): void {
  if (process.getuid?.() === 0) return;
  throw new DrillError('schedule-not-installed', `${what} is for the whole machine, where only root sets up timers`, {
    hint: 'give it as root, or leave it out for timers of your own',
  });
}

/** The manager of a user ends with the last session of that user, and its timers with it. */
function sayLingering({ isOfMachine, env }: Owner, { stdout }: CliContext): void {
  const user = env['USER'] ?? env['LOGNAME'] ?? '';
  if (isOfMachine) return;
  stdout(
    `These timers run while you are logged in. To have them run always, as root: loginctl enable-linger ${accountNamed(user)?.name ?? '<your name>'}\n`,
  );
}

async function doAll(steps: readonly Step[], { dryRun }: InstallOptions, { stdout, env }: CliContext): Promise<void> {
  for (const step of steps) {
    if (!dryRun) await doStep(step, env);
    stdout(`${dryRun ? 'would ' : ''}${stepText(step)}\n`);
  }
}

/** Takes away what starts drills by themselves. Plans need not be there any more. Returns the exit status. */
export async function remove(asked: readonly string[], options: InstallOptions, context: CliContext): Promise<number> {
  const owner = ownerOf(undefined, context);
  const wanted = asked.length > 0 ? asked : planFiles();
  const found = await installedHere(owner);
  const drills = wanted.map((one) => ({ one, drills: found.filter((installed) => isMeant(installed, one)) }));
  const unknown = drills.filter((item) => item.drills.length === 0).map(({ one }) => one);
  const names = [...new Set(drills.flatMap((item) => item.drills.map(({ drill }) => drill)))];
  const all = together(await Promise.all(SCHEDULERS_HERE.map((scheduler) => scheduler.remove(names, owner))));
  refuse(all.problems);
  await doAll(all.steps, options, context);
  for (const one of unknown) context.stdout(`${one}: nothing here asks for it\n`);
  for (const drill of names)
    context.stdout(`${drill}: nothing ${options.dryRun ? 'would ask' : 'asks'} for it any more\n`);
  return EXIT.passed;
}

/** All that start by themselves, of one owner. */
async function installedHere(owner: Owner): Promise<Installed[]> {
  const all = SCHEDULERS_HERE.map((scheduler) => scheduler.installed(() => null, owner));
  return (await Promise.all(all)).flat();
}

/** A drill is named by its name, or by its plan. */
function isMeant({ drill, planFile: plan }: Installed, asked: string): boolean {
  return drill === asked || plan === resolve(fileNamed(asked));
}

function fileNamed(asked: string): string {
  try {
    return planFile(asked);
  } catch {
    return asked; // The plan has gone; its timer has not.
  }
}
