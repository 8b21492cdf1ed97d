import { Command } from '@commander-js/extra-typings';
import { version } from '../version.ts';
import type { CliContext } from './context.ts';
import { run } from './run.ts';

export function program(context: CliContext, done: (status: number) => void): Command {
  const root = new Command('drill').version(version());
  root
    .command('run')
    .argument('[plan...]')
    .option('--stanza <name>')
    .option('--config <file>')
    .option('--repo <n>')
    .option('--backup <b>')
    .option('--target-time <t>')
    .option('--target-lsn <t>')
    .option('--target-xid <t>')
    .option('--target-name <t>')
    .option('--target-immediate')
    .option('--latest')
    .option('--standby')
    .option('--target-timeline <tl>')
    .option('--sandbox <kind>')
    .option('--scratch <dir>')
    .option('--process-max <n>')
    .option('--reuse')
    .option('--check-sql <sql...>')
    .option('--rto <d>')
    .option('--rpo <d>')
    .option('--reports <dir>')
    .option('--json')
    .option('--keep')
    .option('--quiet')
    .action(async (files, options) => done(await run(files, options, context)));
  return root;
}
