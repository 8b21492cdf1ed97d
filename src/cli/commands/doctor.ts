import { resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { readMachine } from '../../machine/read-machine.ts';
import { secretsOf } from '../../pgbackrest/private-config.ts';
import type { ThisMachine } from '../../sandbox/findings.ts';
import { SANDBOX_KINDS } from '../../sandbox/registry.ts';
import type { CliContext } from '../context.ts';
import * as look from '../doctor/checks.ts';
import { examine } from '../doctor/of-plan.ts';
import { repositoryFindings } from '../doctor/repository.ts';
import { examples } from '../examples.ts';
import { EXIT, worstExitStatus } from '../exit-status.ts';
import { plansFor } from '../plans/load-plans.ts';
import type { PlanOptions } from '../plans/plan-options.ts';
import { environmentText } from '../view/environment.ts';
import { doctorText, readyText } from '../view/findings.ts';
import { settingsText } from '../view/settings.ts';
import type { Done } from './command.ts';

type DoctorOptions = Pick<PlanOptions, 'config' | 'stanza' | 'scratch'>;

type Looked = { readonly [K in keyof DoctorOptions]: DoctorOptions[K] | undefined };

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .argument('[plan]', 'a plan file, or its name in drills/: what the machine of its drill has and lacks')
    .option('--config <file>', "pgBackRest's configuration; default: its own search order")
    .option('--stanza <name>', 'only this stanza; default: all that the configuration has')
    .option('--scratch <dir>', 'where backups are to be restored')
    .addHelpText('after', examples('drill doctor', 'drill doctor orders', 'drill doctor --scratch /srv/drills'))
    .action(async (plan, options) =>
      done(await (plan === undefined ? doctor(options, context) : doctorOfPlan(plan, options, context))),
    );
}

/** What this machine has and lacks. Returns the exit status: 0 when drills can run in one kind of sandbox, else 3. */
async function doctor(options: DoctorOptions, context: CliContext): Promise<number> {
  const settings = readMachine(context.env);
  const machine = thisMachine({ ...options, scratch: options.scratch ?? settings.scratch ?? undefined }, context);
  const looked = await Promise.all(
    SANDBOX_KINDS.map(async ([name, kind]) => ({ name, findings: await kind.findings(machine) })),
  );
  const { stdout, stdoutStyle, stdoutColumns, redactor } = context;
  const sections = looked.map(({ name, findings }) => doctorText(name, findings, stdoutStyle, stdoutColumns()));
  const kinds = looked.map(({ name, findings }) => ({ name, isReady: findings.every(({ ok }) => ok) }));
  const texts = [...sections, readyText(kinds), settingsText(settings)];
  stdout(redactor.text(texts.filter((text) => text !== '').join('\n')));
  return kinds.some(({ isReady }) => isReady) ? EXIT.passed : EXIT.inconclusive;
}

/** What the drills of a plan need of the machine that does them. Returns the exit status: 0 when nothing is known to lack. */
async function doctorOfPlan(file: string, options: DoctorOptions, context: CliContext): Promise<number> {
  const { stdout, stdoutStyle, stdoutColumns, redactor, env } = context;
  const statuses: number[] = [];
  for (const plan of plansFor([file], options, [], env)) {
    const { items, exitStatus, left } = await examine(plan, context);
    statuses.push(exitStatus);
    stdout(redactor.text(environmentText(plan.name, items, stdoutStyle, stdoutColumns())));
    for (const line of left) context.stderr(redactor.text(`drill: ${line}\n`));
  }
  return worstExitStatus(statuses);
}

/** What any drill would read, wherever it happens, and as whom this machine reads it. */
function thisMachine({ config: asked, stanza, scratch }: Looked, { env, redactor }: CliContext): ThisMachine {
  const known = look.configFinding(asked === undefined ? null : resolve(asked), stanza ?? null, env);
  const { config, stanzas } = known;
  if (config) for (const secret of secretsOf(config)) redactor.add(secret);
  const { user, finding: whoRuns } = look.userFinding(known.repositoryPaths);
  const wanted = stanza === undefined ? stanzas : [stanza];
  return {
    env,
    scratch,
    user,
    runtime: look.nodeFinding(),
    whoRuns,
    configuration: known.finding,
    backups: config === null ? Promise.resolve([]) : repositoryFindings(config, wanted, user),
    pgbackrest: () => look.pgBackRestFinding(user),
    postgres: () => look.postgresFinding(user),
  };
}
