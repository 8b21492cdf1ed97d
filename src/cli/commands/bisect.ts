import { Option, type Command } from '@commander-js/extra-typings';
import { SANDBOX_NAMES } from '../../sandbox/registry.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import type { Done } from './command.ts';

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .argument('[plan]', 'a plan file, or its name in drills/; its checks are not asked')
    .optionsGroup('What is looked for:')
    .requiredOption(
      '--sql <predicate>',
      'one query that answers with one true or false; the change to false is looked for',
    )
    .option('--database <name>', 'the database that is asked', 'postgres')
    .option('--table <name>', 'a table that it reads by a function; repeatable', collect)
    .option('--from <when>', 'a time or an LSN at which it was true; default: the end of the newest backup set')
    .option('--to <when>', 'a time or an LSN at which it was false; default: the end of the archive')
    .option('--timeout <duration>', 'how long one answer may take', '5m')
    .optionsGroup('What is restored (the command line wins over the plan):')
    .option('--stanza <name>', 'the stanza')
    .option('--config <file>', "pgBackRest's configuration; default: its own search order")
    .option('--repo <n>', "the repository; default: pgBackRest's choice")
    .option('--backup <set>', 'latest, oldest or a label; default: the newest that leads to --from')
    .option('--target-timeline <timeline>', 'latest, current or a number')
    .optionsGroup('How:')
    .addOption(new Option('--sandbox <kind>', 'where it happens').choices(SANDBOX_NAMES))
    .option('--scratch <dir>', 'where backups are restored; default: /var/lib/pgdrill, or below the home directory')
    .option('--process-max <n>', 'processes of the restore; default: the number of CPUs')
    .optionsGroup('Output:')
    .option(
      '--reports <dir>',
      'where the answer is written, below bisections/; default: as the plan says, or ./reports',
    )
    .option('--json', 'print the answer on stdout as JSON, and nothing else there')
    .addHelpText(
      'after',
      examples(
        'drill bisect orders --database shop --sql "select count(*) > 1000 from orders"',
        'drill bisect orders --sql "select paid from orders where id = 7" --from "2026-05-13 09:00" --to "2026-05-13 14:32"',
        'drill bisect --stanza main --sql "select stock_is_sane()" --table shop.stock --from 16/B374D848 --json',
      ),
    )
    .action(async (plan, options) => {
      const { bisectCommand } = await import('../bisect/bisect.ts');
      done(await bisectCommand(plan ?? null, options, context));
    });
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
