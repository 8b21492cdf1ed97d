import { Option, type Command, type OptionValues } from '@commander-js/extra-typings';

// Everything stays a string here: the plan's schema judges the values, so that an option and a plan get the same words.

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** Adds the options of `run` and `plan` that each stand for a place in the plan. */
export function withPlanOptions<Args extends unknown[], Opts extends OptionValues, Globals extends OptionValues>(
  command: Command<Args, Opts, Globals>,
) {
  return command
    .optionsGroup('What is restored (the command line wins over the plan):')
    .option('--stanza <name>', 'the stanza')
    .option('--config <file>', "pgBackRest's configuration; default: its own search order")
    .option('--repo <n>', "the repository; default: pgBackRest's choice; 1,2 runs one drill for each")
    .option('--backup <set>', 'latest, oldest, random or a label; default: latest')
    .optionsGroup('Where recovery stops (one of them; default: the end of the archive):')
    .option(
      '--target-time <time>',
      '"2026-05-13 14:32:00", with a zone "…+03", ISO 8601, or "-15m"; without a zone it is local time',
    )
    .option('--target-lsn <lsn>', 'a WAL position, such as 0/3000148')
    .option('--target-xid <xid>', 'a transaction id')
    .option('--target-name <name>', 'a restore point')
    .option('--target-immediate', 'the end of the backup')
    .option('--latest', 'the end of the archive, even if the plan has another target')
    .option('--standby', 'the end of the archive, left as a standby')
    .option('--target-timeline <timeline>', 'latest, current or a number; goes with any target but --target-immediate')
    .optionsGroup('How:')
    .addOption(new Option('--sandbox <kind>', 'where the drill happens').choices(['local', 'docker', 'ssh']))
    .option('--scratch <dir>', 'where backups are restored; default: /var/lib/pgdrill, or below the home directory')
    .option('--process-max <n>', 'processes of the restore; default: the number of CPUs')
    .option('--reuse', 'keep the data directory, and restore with --delta the next time')
    .optionsGroup('What is asked of it:')
    .option('--check-sql <sql>', 'a query that must give one row with one true; repeatable', collect)
    .option('--rto <duration>', 'recovery may take at most this long, such as 30m')
    .option('--rpo <duration>', 'at most this much may be lost, such as 5m')
    .optionsGroup('Output:')
    .option('--reports <dir>', 'where reports are written; default: ./reports');
}
