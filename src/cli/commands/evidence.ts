import type { Command } from '@commander-js/extra-typings';
import { RunStore } from '../../store/run-store.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { reportsDirectory } from '../known-reports.ts';
import type { Done } from './command.ts';

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .command('adopt')
    .description('take runs of before the ledger into it')
    .option('--reports <dir>', 'where reports are; default: ./reports')
    .addHelpText('after', examples('drill evidence adopt', 'drill evidence adopt --reports /srv/reports'))
    .action(async ({ reports }) => done(await adopt(reports, context)));
}

/** Puts past runs on record, marked as adopted. Returns the exit status. */
async function adopt(asked: string | undefined, { stdout }: CliContext): Promise<number> {
  const { taken, left } = await new RunStore(reportsDirectory(asked, undefined)).adopt();
  for (const { drill, run, number } of taken) stdout(`${run} is on record: run ${number} of ${drill}\n`);
  for (const { file } of left) stdout(`${file} cannot be read as a report; it was left\n`);
  if (taken.length + left.length === 0) stdout('every run is on record already\n');
  return EXIT.passed;
}
