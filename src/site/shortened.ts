const LONGEST = 80;

/** A text that somebody wrote, in the room that a page has for it. */
export function shortened(text: string, longest = LONGEST): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
