import { quoted, type CommandWords, type OptionWords } from './words.ts';

/** A completion script for zsh, to be sourced or to lie in `fpath` as `_drill`. */
export function zsh(commands: readonly CommandWords[]): string {
  return `#compdef drill pgdrill
# Completion of drill and pgdrill for zsh.
_drill() {
  local -a commands=(${commands.map(({ name, about }) => quoted(`${name}:${escape(about)}`)).join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join('')}  esac
}
if [ "$funcstack[1]" = _drill ]; then _drill "$@"; else compdef _drill drill pgdrill; fi
`;
}

function commandCase({ name, options, choices }: CommandWords): string {
  const rest = choices.length > 0 ? `:argument:(${choices.join(' ')})` : '*:file:_files';
  return `    ${name}) _arguments ${[...options.map(optionSpec), quoted(rest)].join(' ')} ;;\n`;
}

function optionSpec({ long, about, takesValue, choices }: OptionWords): string {
  const offered = choices.length > 0 ? `(${choices.join(' ')})` : '_files';
  return quoted(`*${long}[${escape(about)}]${takesValue ? `:value:${offered}` : ''}`);
}

function escape(text: string): string {
  return text.replaceAll(/[[\]:]/g, String.raw`\$&`);
}
