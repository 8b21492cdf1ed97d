import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/** The part of commander's message that names what was typed (15.1.0). */
const UNKNOWN_OPTION = /unknown option '(--[a-z-]+)/;

/**
 * Options that share a word with an unknown one, where commander knows none that is spelled alike: `--target` means one of
 * those that say so, and `--html` is a choice of `--format`. Empty: there is none.
 */
export function nearOptions(message: string, command: CommandUnknownOpts): string {
  const typed = UNKNOWN_OPTION.exec(message)?.[1];
  if (typed === undefined || message.includes('Did you mean')) return '';
  const words = wordsOf(typed);
  const near = command.options.filter(
    ({ hidden, long, argChoices }) =>
      !hidden && [...wordsOf(long ?? ''), ...(argChoices ?? [])].some((word) => words.includes(word)),
  );
  if (near.length === 0) return '';
  return `(options of that kind: ${near.map(({ flags }) => flags).join(', ')})\n`;
}

function wordsOf(option: string): string[] {
  return option.split('-').filter((word) => word !== '');
}
