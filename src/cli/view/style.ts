import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Gives a text a colour where there is one to be had. */
export type Style = (format: Format, text: string) => string;

/** Leaves every text as it is. */
export const plain: Style = (_format, text) => text;

/** Colours for a terminal; none for a pipe, nor when NO_COLOR or NODE_DISABLE_COLORS is set. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  return (format, text) => styleText(format, text, { stream });
}
