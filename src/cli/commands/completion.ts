import { Argument, type Command } from '@commander-js/extra-typings';
import { completionScript, SHELLS } from '../completion/completion.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import type { Done } from './command.ts';

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        'drill completion bash > ~/.local/share/bash-completion/completions/drill',
        'drill completion zsh > "${fpath[1]}/_drill"',
        'drill completion fish > ~/.config/fish/completions/drill.fish',
      ),
    )
    .action((shell) => {
      context.stdout(completionScript(shell, command.parent as unknown as Command));
      done(EXIT.passed);
    });
}
