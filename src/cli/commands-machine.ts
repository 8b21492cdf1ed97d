import { Argument, Option, type Command } from '@commander-js/extra-typings';
import type { CliContext } from './context.ts';
import { examples } from './examples.ts';
import type { Done } from './program.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The commands about this machine: doctor, sweep, completion. */
export function addMachineCommands(root: Command, context: CliContext, done: Done): void {
  root.commandsGroup('This machine:');

  root
    .command('doctor')
    .description('say what this machine lacks for drills, and how to install it')
    .option('--config <file>', "pgBackRest's configuration; default: its own search order")
    .option('--stanza <name>', 'only this stanza; default: all that the configuration has')
    .option('--scratch <dir>', 'where backups are to be restored')
    .addHelpText('after', examples('drill doctor', 'drill doctor --scratch /srv/drills'))
    .action(async (options) => {
      const { doctor } = await import('./commands/doctor.ts');
      done(await doctor(options, context));
    });

  root
    .command('sweep')
    .description('remove what killed runs left behind, and nothing that pgdrill did not make')
    .option('--run <id>', 'only this run, even if its instance was kept')
    .option('--kept', 'kept instances and kept data as well')
    .option('--forget <id>', 'ask the server of this run no more, since it is gone for good')
    .option('--dry-run', 'only say what would be done')
    .option('--scratch <dir>', 'only this directory, where backups are restored')
    .addOption(new Option('--sandbox <kind>', 'only there; default: all').choices(['local', 'docker', 'ssh'] as const))
    .addHelpText('after', examples('drill sweep --dry-run', 'drill sweep --run 20261121T034512Z-3f9a'))
    .action(async (options) => {
      const { sweep } = await import('./commands/sweep.ts');
      done(await sweep(options, context));
    });

  const image = root.command('image').description('the images that drills in containers run in');
  image
    .command('build')
    .description('build the image that plans need, or that of a major version')
    .argument('[plan...]', 'plan files, or their names in drills/')
    .option('--major <n>', "the backup's major version of PostgreSQL")
    .option('--suite <name>', 'the suite of Debian, such as trixie')
    .addOption(
      new Option('--packages <whose>', "the suite's own, or those of postgresql.org").choices([
        'debian',
        'pgdg',
      ] as const),
    )
    .option('--network <name>', 'the network of the build, such as host')
    .addHelpText('after', examples('drill image build orders', 'drill image build --major 16 --packages pgdg'))
    .action(async (files, options) => {
      const { imageBuild } = await import('./commands/image.ts');
      done(await imageBuild(files, options, context));
    });

  root
    .command('completion')
    .description('print a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        'drill completion bash > ~/.local/share/bash-completion/completions/drill',
        'drill completion zsh > "${fpath[1]}/_drill"',
        'drill completion fish > ~/.config/fish/completions/drill.fish',
      ),
    )
    .action(async (shell) => {
      const { completionScript } = await import('./commands/completion.ts');
      context.stdout(completionScript(shell, root));
      done(0);
    });
}
