import { Option, type Command } from '@commander-js/extra-typings';
import type { CliContext } from './context.ts';
import { examples } from './examples.ts';
import { withPlanOptions } from './plan-command-options.ts';
import type { Done } from './program.ts';

const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** The commands around a drill: run, plan, validate, init, demo. */
export function addDrillCommands(root: Command, context: CliContext, done: Done): void {
  root.commandsGroup('Drills:');

  withPlanOptions(
    root
      .command('run')
      .argument('[plan...]', 'plan files, or their names in drills/; without any, the options make the drill'),
  )
    .description('run drills and write their reports')
    .option('--json', 'print the report on stdout, a line a drill, and nothing else there')
    .option('--keep', 'leave the instance up, and say how to connect and how to end it')
    .option('--quiet', 'no progress, only the result')
    .addOption(new Option('--log-level <level>', 'write a log to stderr as JSON lines').choices(LOG_LEVELS))
    .addOption(new Option('--scheduled').hideHelp())
    .addHelpText(
      'after',
      examples(
        'drill run --stanza main',
        'drill run drills/orders.yaml --rto 30m',
        'drill run orders --target-time "2026-05-13 14:32:00+00"',
        'drill run --stanza main --check-sql "select count(*) > 0 from pg_database" --keep',
      ),
    )
    .action(async (files, options) => {
      const { run } = await import('./commands/run.ts');
      done(await run(files, options, context));
    });

  withPlanOptions(root.command('plan').argument('[plan]', 'a plan file, or its name in drills/'))
    .description('say what a run would do, restoring nothing')
    .option('--json', 'print it as JSON, a line a drill')
    .addHelpText('after', examples('drill plan --stanza main', 'drill plan orders --target-time -15m'))
    .action(async (file, options) => {
      const { planCommand } = await import('./commands/plan.ts');
      done(await planCommand(file, options, context));
    });

  root
    .command('validate')
    .description('check plans; every problem with file, line and column')
    .argument('[plan...]', 'plan files; default: drills/*.yaml')
    .addHelpText('after', examples('drill validate', 'drill validate drills/orders.yaml'))
    .action(async (files) => {
      const { validate } = await import('./commands/validate.ts');
      done(validate(files, context));
    });

  root
    .command('init')
    .description("write a commented plan for each stanza of pgBackRest's configuration into drills/")
    .option('--config <file>', "pgBackRest's configuration; default: its own search order")
    .option('--stanza <name>', 'only this stanza')
    .option('--force', 'write over plans that are there')
    .addHelpText('after', examples('drill init', 'drill init --config /etc/pgbackrest/pgbackrest.conf --stanza main'))
    .action(async (options) => {
      const { init } = await import('./commands/init.ts');
      done(init(options, context));
    });

  root
    .command('demo')
    .description('make a small production cluster with an encrypted repository, and drill its backups')
    .option('--keep', 'leave its production up')
    .addHelpText('after', examples('drill demo'))
    .action(async (options) => {
      const { runDemo } = await import('./demo/demo.ts');
      done(await runDemo(options, context));
    });
}
