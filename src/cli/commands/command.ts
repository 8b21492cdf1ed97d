import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';

/** Takes the exit status that a command came to. */
export type Done = (status: number) => void;

/** The file of a command: its arguments, options and examples, and what it does. */
interface CommandFile {
  readonly define: (command: Command, context: CliContext, done: Done) => void;
}

/** A command as the program lists it. */
export interface CommandEntry {
  readonly name: string;
  /** The heading that it stands under in the help of the program. */
  readonly group: string;
  readonly says: string;
  readonly load: () => Promise<CommandFile>;
  /** It speaks of all commands. */
  readonly needsAll?: true;
}
