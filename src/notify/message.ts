import { z } from 'zod';

/**
 * What is told. It holds no value of restored data: whoever makes one takes fields that cannot hold any, and leaves out all
 * others.
 */
export const messageSchema = z.strictObject({
  /** One for all that is told of a run, its beginning as well; the same when it is sent again. */
  id: z.uuid(),
  about: z.enum(['begun', 'run', 'fallback', 'refused', 'lost', 'check', 'overdue', 'test']),
  /** The drill, or the plan that was looked at. */
  drill: z.string(),
  /** In a word: a verdict, a level, an alarm. */
  state: z.string(),
  tone: z.enum(['good', 'warning', 'bad']),
  /** One line. */
  title: z.string(),
  lines: z.array(z.string()),
  /** ISO 8601, UTC. */
  at: z.string(),
  host: z.string(),
  /** The exit status of the program. */
  exitStatus: z.int(),
  /** What was done, a line each; for services that keep logs. */
  log: z.array(z.string()),
  /** The same for programs. */
  details: z.record(z.string(), z.json()),
});

export type Message = z.output<typeof messageSchema>;

/** The whole text without the title. */
export function textOf({ lines }: Message): string {
  return lines.join('\n');
}

/** A text of at most so many bytes of UTF-8; one that is cut says so. */
export function cutTo(bytes: number, text: string): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let kept = text.slice(0, bytes);
  while (Buffer.byteLength(kept) > bytes - 3) kept = kept.slice(0, -1);
  return `${kept}…`;
}
