import type { Command } from '@commander-js/extra-typings';

/** One command as a shell has to know it. */
export interface CommandWords {
  readonly name: string;
  readonly about: string;
  /** Those of its subcommands included. */
  readonly options: readonly OptionWords[];
  /** What its first argument may be, a subcommand perhaps; empty: a file. */
  readonly choices: readonly string[];
}

/** One option as a shell has to know it. */
export interface OptionWords {
  readonly long: string;
  readonly about: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** What the commands of a program are, and what options each takes. */
export function commandWords(root: Command): CommandWords[] {
  return root.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    options: [
      ...[command, ...command.commands]
        .flatMap(({ options }) => options)
        .filter(({ hidden }) => !hidden)
        .map((option) => ({
          long: option.long ?? '',
          about: option.description.replace(/\s*[;(].*$/, ''),
          takesValue: option.required || option.optional,
          choices: option.argChoices ?? [],
        })),
      { long: '--help', about: 'print help', takesValue: false, choices: [] },
    ],
    choices: command.registeredArguments[0]?.argChoices ?? command.commands.map((sub) => sub.name()),
  }));
}

/** The names of commands or other words, as a shell lists them. */
export function namesOf(commands: readonly CommandWords[]): string {
  return commands.map(({ name }) => name).join(' ');
}

/** One word in single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
