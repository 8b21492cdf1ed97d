import type { Command } from '@commander-js/extra-typings';

/** One command as a shell has to know it. */
export interface CommandWords {
  readonly name: string;
  readonly about: string;
  readonly options: readonly OptionWords[];
  /** What its first argument may be; empty: a file. */
  readonly choices: readonly string[];
}

interface OptionWords {
  readonly long: string;
  readonly about: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** What the commands of a program are, and what options each takes. */
export function describe(root: Command): CommandWords[] {
  return root.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    options: [
      ...command.options
        .filter(({ hidden }) => !hidden)
        .map((option) => ({
          long: option.long ?? '',
          about: option.description.replace(/\s*[;(].*$/, ''),
          takesValue: option.required || option.optional,
          choices: option.argChoices ?? [],
        })),
      { long: '--help', about: 'print help', takesValue: false, choices: [] },
    ],
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }));
}

/** A script for a shell that completes the commands and options, under both names of the program. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish', commands: readonly CommandWords[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
  }
}

const names = (items: readonly { readonly name: string }[]): string => items.map(({ name }) => name).join(' ');
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function bash(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, options, choices }) => {
    const values = options.filter(({ takesValue }) => takesValue);
    const byChoice = values
      .filter((option) => option.choices.length > 0)
      .map((option) => `        ${option.long}) words='${option.choices.join(' ')}' ;;\n`);
    const free = values.filter((option) => option.choices.length === 0).map(({ long }) => long);
    return `    ${name})
      case $previous in
${byChoice.join('')}${free.length > 0 ? `        ${free.join('|')}) words= ;;\n` : ''}        *) words='${[...options.map(({ long }) => long), ...choices].join(' ')}' ;;
      esac ;;
`;
  });
  return `# Completion of drill and pgdrill for bash.
_drill() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words
  case \${COMP_WORDS[1]} in
${cases.join('')}    *) words='${names(commands)} --help --version' ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words='${names(commands)} --help --version'; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _drill drill pgdrill
`;
}

function zsh(commands: readonly CommandWords[]): string {
  const escape = (text: string): string => text.replaceAll(/[[\]:]/g, String.raw`\$&`);
  const spec = ({ long, about, takesValue, choices }: OptionWords): string => {
    const value = !takesValue ? '' : choices.length > 0 ? `:value:(${choices.join(' ')})` : ':value:_files';
    return quote(`*${long}[${escape(about)}]${value}`);
  };
  const cases = commands.map(({ name, options, choices }) => {
    const rest = choices.length > 0 ? `:argument:(${choices.join(' ')})` : '*:file:_files';
    return `    ${name}) _arguments ${[...options.map(spec), quote(rest)].join(' ')} ;;\n`;
  });
  return `#compdef drill pgdrill
# Completion of drill and pgdrill for zsh.
_drill() {
  local -a commands=(${commands.map(({ name, about }) => quote(`${name}:${escape(about)}`)).join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('')}  esac
}
if [ "$funcstack[1]" = _drill ]; then _drill "$@"; else compdef _drill drill pgdrill; fi
`;
}

function fish(commands: readonly CommandWords[]): string {
  const lines = ['drill', 'pgdrill'].flatMap((program) => [
    ...commands.map(
      ({ name, about }) => `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${quote(about)}`,
    ),
    ...commands.flatMap(({ name, options, choices }) => {
      const given = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}'`;
      const argument = choices.length > 0 ? [`${given} -f -a ${quote(choices.join(' '))}`] : [];
      return [
        ...argument,
        ...options.map((option) => `${given} -l ${option.long.slice(2)} ${fishValue(option)}-d ${quote(option.about)}`),
      ];
    }),
  ]);
  return `# Completion of drill and pgdrill for fish.\n${lines.join('\n')}\n`;
}

function fishValue({ takesValue, choices }: OptionWords): string {
  if (!takesValue) return '';
  return choices.length > 0 ? `-x -a ${quote(choices.join(' '))} ` : '-r ';
}
