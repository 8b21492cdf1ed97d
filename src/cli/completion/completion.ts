import type { Command } from '@commander-js/extra-typings';
import { bash } from './bash.ts';
import { fish } from './fish.ts';
import { commandWords } from './words.ts';
import { zsh } from './zsh.ts';

const SCRIPTS = { bash, zsh, fish } as const;

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A script that completes the commands and options of a program, under both of its names. */
export function completionScript(shell: keyof typeof SCRIPTS, program: Command): string {
  return SCRIPTS[shell](commandWords(program));
}
