import { namesOf, type CommandWords } from './words.ts';

/** A completion script for bash. */
export function bash(commands: readonly CommandWords[]): string {
  const first = `words='${namesOf(commands)} --help --version'`;
  return `# Completion of drill and pgdrill for bash.
_drill() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words
  case \${COMP_WORDS[1]} in
${commands.map(commandCase).join('')}    *) ${first} ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then ${first}; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _drill drill pgdrill
`;
}

/** After an option with choices those; after one with a free value nothing of ours, so that bash offers files. */
function commandCase({ name, options, choices }: CommandWords): string {
  const values = options.filter(({ takesValue }) => takesValue);
  const chosen = values.filter((option) => option.choices.length > 0);
  const free = values.filter((option) => option.choices.length === 0).map(({ long }) => long);
  const lines = [
    ...chosen.map((option) => `${option.long}) words='${option.choices.join(' ')}' ;;`),
    ...(free.length > 0 ? [`${free.join('|')}) words= ;;`] : []),
    `*) words='${[...options.map(({ long }) => long), ...choices].join(' ')}' ;;`,
  ];
  return `    ${name})
      case $previous in
${lines.map((line) => `        ${line}\n`).join('')}      esac ;;
`;
}
