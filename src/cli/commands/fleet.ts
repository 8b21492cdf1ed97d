import type { Command } from '@commander-js/extra-typings';
import { migrate } from '../../fleet/database/migrate.ts';
import { handIn } from '../../fleet/record/hand-in.ts';
import { pull } from '../../fleet/record/pull.ts';
import { roleStatements } from '../../fleet/record/roles.ts';
import { counted } from '../../report/document/words.ts';
import type { CliContext } from '../context.ts';
import { signerIfNamed, type KeyOptions } from '../evidence/which-key.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { withFleet } from '../fleet/with-fleet.ts';
import { reportsDirectory } from '../known-reports.ts';
import type { Done } from './command.ts';

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .command('init')
    .description('make the tables of the record in the database that DATABASE_URL names')
    .option('--print-sql', 'print the roles of workers and readers instead, for whoever may make roles there')
    .addHelpText('after', examples('drill fleet init', 'drill fleet init --print-sql | psql "$DATABASE_URL"'))
    .action(async ({ printSql }) => done(printSql ? printRoles(context) : await init(context)));
  command
    .command('hand-in')
    .description('put all runs of this machine on the record that are not there yet')
    .option('--reports <dir>', 'where reports are; default: ./reports')
    .option('--key <place>', 'the key that signs how far the record goes: file:/path or env:NAME')
    .option('--plan <plan>', 'the plan whose key it is; default: the key that PGDRILL_EVIDENCE names')
    .addHelpText('after', examples('drill fleet hand-in --reports /srv/reports --key file:/etc/pgdrill/drills.key'))
    .action(async (options) => done(await handInRuns(options, context)));
  command
    .command('pull')
    .description('bring the record here, as a directory of reports; again: what has come since')
    .argument('<dir>', 'a directory that is empty, or was pulled before')
    .addHelpText(
      'after',
      examples('drill fleet pull fleet-reports', 'drill evidence verify fleet-reports --key one.pub --key two.pub'),
    )
    .action(async (directory) => done(await pullRecord(directory, context)));
}

function printRoles({ stdout }: CliContext): number {
  stdout(`${roleStatements().join(';\n')};\n`);
  return EXIT.passed;
}

async function init(context: CliContext): Promise<number> {
  const steps = await withFleet(context, migrate);
  context.stdout(steps === 0 ? 'the tables are there already\n' : 'the tables are made\n');
  return EXIT.passed;
}

interface HandInOptions extends KeyOptions {
  readonly reports?: string | undefined;
}

/** Returns the exit status: 1 where a run could not be handed in, or the record is not the one that was signed. */
async function handInRuns(options: HandInOptions, context: CliContext): Promise<number> {
  const reports = reportsDirectory(options.reports, undefined, context.env);
  const signer = signerIfNamed(options, context);
  const { taken, refused, signOffs, doubt } = await withFleet(context, (database) => handIn(database, reports, signer));
  for (const { drill, run, number } of taken) context.stdout(`${drill}/${run}: run ${number} of ${drill}\n`);
  if (signOffs > 0) context.stdout(`${counted(signOffs, 'sign-off')}\n`);
  if (taken.length + refused.length + signOffs === 0) context.stdout('every run is on the record already\n');
  for (const { drill, run, why } of refused) context.stderr(`${drill}/${run} was left: ${why}\n`);
  if (doubt !== null) context.stderr(`not signed: ${doubt}\n`);
  return refused.length > 0 || doubt !== null ? EXIT.failed : EXIT.passed;
}

async function pullRecord(directory: string, context: CliContext): Promise<number> {
  const { runs, lines } = await withFleet(context, (database) => pull(database, directory));
  context.stdout(`${directory}: ${counted(runs, 'run')} and ${counted(lines, 'line')} more\n`);
  context.stderr('whether anything was changed, drill evidence verify says\n');
  return EXIT.passed;
}
