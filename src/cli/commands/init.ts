import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Option, type Command } from '@commander-js/extra-typings';
import { parseDurationMs } from '../../core/duration.ts';
import { DrillError, messageOf } from '../../core/errors.ts';
import { repositoriesOf } from '../../pgbackrest/repository.ts';
import { optionsFor, readUserConfig, stanzasOf, type UserConfig } from '../../pgbackrest/user-config.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { heartbeatText } from '../heartbeat/heartbeat-text.ts';
import { JOBS, type Job } from '../heartbeat/jobs.ts';
import { PLAN_DIRECTORY } from '../plans/plan-files.ts';
import { planJsonSchema } from '../plans/plan-json-schema.ts';
import { drillName, planTemplate } from '../plans/plan-template.ts';
import type { Done } from './command.ts';

interface InitOptions {
  readonly config?: string | undefined;
  readonly stanza?: string | undefined;
  readonly force?: true | undefined;
  readonly heartbeat?: true | undefined;
  readonly every?: string | undefined;
  readonly database?: string | undefined;
  readonly job?: Job | undefined;
}

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .option('--config <file>', "pgBackRest's configuration; default: its own search order")
    .option('--stanza <name>', 'only this stanza')
    .option('--force', 'write over plans that are there')
    .optionsGroup('Heartbeat:')
    .option('--heartbeat', 'write no plan; print the SQL of a heartbeat table, its job, and the lines of a plan')
    .option('--every <duration>', 'how often a beat is written; default: 1m')
    .option('--database <name>', 'the database that it is in; default: postgres')
    .addOption(new Option('--job <kind>', 'who writes the beats; default: systemd').choices(JOBS))
    .addHelpText(
      'after',
      examples(
        'drill init',
        'drill init --config /etc/pgbackrest/pgbackrest.conf --stanza main',
        'drill init --heartbeat --database shop --job pg_cron > heartbeat.sql',
      ),
    )
    .action((options) => done(options.heartbeat ? printHeartbeat(options, context) : init(options, context)));
}

/** Nothing is connected to, and nothing written: an administrator takes it over. Returns the exit status. */
function printHeartbeat(
  { every = '1m', database = 'postgres', job = 'systemd' }: InitOptions,
  context: CliContext,
): number {
  const everyMs = parseDurationMs(every);
  if (everyMs === null)
    throw new DrillError('plan-invalid', `--every "${every}" is no duration`, { hint: 'write 30s, 1m or 5m' });
  context.stdout(heartbeatText({ everyMs, database, job }));
  return EXIT.passed;
}

/** One commented plan a stanza, and the schema that editors complete from. Returns the exit status. */
function init(options: InitOptions, context: CliContext): number {
  if (options.every !== undefined || options.database !== undefined || options.job !== undefined) {
    throw new DrillError('plan-invalid', '--every, --database and --job belong to --heartbeat, which is not there', {
      hint: 'add --heartbeat, or leave them out',
    });
  }
  const asked = options.config === undefined ? null : resolve(options.config);
  const config = readUserConfig(asked, context.env);
  const plans = stanzasFor(config, options.stanza).map((stanza) => ({
    file: join(PLAN_DIRECTORY, `${drillName(stanza)}.yaml`),
    text: planTemplate({ stanza, config: asked, repositories: repositoriesOf(optionsFor(config, stanza, 'restore')) }),
  }));
  const present = plans.filter(({ file }) => existsSync(file));
  if (present.length > 0 && !options.force) {
    throw new DrillError(
      'plan-invalid',
      `${present.map(({ file }) => file).join(', ')} ${present.length === 1 ? 'is' : 'are'} there already`,
      {
        hint: 'nothing was written; --force writes over, --stanza picks another stanza',
      },
    );
  }
  for (const { file, text } of plans) write(file, text);
  write(join(PLAN_DIRECTORY, 'drill.schema.json'), planJsonSchema());
  context.stdout(`${plans.map(({ file }) => `wrote ${file}\n`).join('')}\n${nextSteps(plans[0]?.file ?? '')}`);
  return EXIT.passed;
}

function nextSteps(file: string): string {
  return `Next: state objectives and checks in it, then\n  drill plan ${file}\n  drill run ${file}\n`;
}

function stanzasFor(config: UserConfig, asked: string | undefined): string[] {
  const stanzas = stanzasOf(config);
  const where = config.files.join(', ') || 'the environment';
  if (asked === undefined && stanzas.length > 0) return stanzas;
  if (asked !== undefined && (stanzas.length === 0 || stanzas.includes(asked))) return [asked];
  throw new DrillError(
    'stanza-not-configured',
    `the configuration (${where}) has no stanza${asked === undefined ? '' : ` "${asked}"; it has ${stanzas.join(', ')}`}`,
    {
      hint: 'name one with --stanza, or another file with --config',
    },
  );
}

function write(file: string, text: string): void {
  try {
    mkdirSync(PLAN_DIRECTORY, { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new DrillError('not-found', `${file} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
