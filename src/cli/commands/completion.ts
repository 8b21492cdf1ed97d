import type { Command } from '@commander-js/extra-typings';
import { bash } from '../completion/bash.ts';
import { fish } from '../completion/fish.ts';
import { commandWords } from '../completion/words.ts';
import { zsh } from '../completion/zsh.ts';

const SCRIPTS = { bash, zsh, fish } as const;

/** `drill completion`: a script that completes the commands and options of a program, under both of its names. */
export function completionScript(shell: keyof typeof SCRIPTS, program: Command): string {
  return SCRIPTS[shell](commandWords(program));
}
