import { quoted, type CommandWords, type OptionWords } from './words.ts';

/** A completion script for fish. */
export function fish(commands: readonly CommandWords[]): string {
  const lines = ['drill', 'pgdrill'].flatMap((program) => [
    ...commands.map(
      ({ name, about }) => `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
    ),
    ...commands.flatMap(({ name, options, choices }) => {
      const given = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}'`;
      const argument = choices.length > 0 ? [`${given} -f -a ${quoted(choices.join(' '))}`] : [];
      return [
        ...argument,
        ...options.map(
          (option) => `${given} -l ${option.long.slice(2)} ${fishValue(option)}-d ${quoted(option.about)}`,
        ),
      ];
    }),
  ]);
  return `# Completion of drill and pgdrill for fish.\n${lines.join('\n')}\n`;
}

function fishValue({ takesValue, choices }: OptionWords): string {
  if (!takesValue) return '';
  return choices.length > 0 ? `-x -a ${quoted(choices.join(' '))} ` : '-r ';
}
