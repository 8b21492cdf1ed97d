import { createHash } from 'node:crypto';

/** What the first line of a text of ours says. */
export interface Mark {
  readonly drill: string;
  /** The plan that it was made of. */
  readonly planFile: string;
  /** Nobody has changed it since. */
  readonly isUnchanged: boolean;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const BEGIN = '# pgdrill begin ';
const END = '# pgdrill end ';

/** What stands behind those words: the drill, a digest, the plan. */
const REST = /^(?<drill>\S+) (?<digest>[0-9a-f]{16}) of (?<planFile>.+)$/;

function readBegin(line: string): Partial<Record<string, string>> {
  return line.startsWith(BEGIN) ? (REST.exec(line.slice(BEGIN.length).trimEnd())?.groups ?? {}) : {};
}

/** Puts a line before a text that says whose it is, and one behind it. The text ends with a line break. */
export function marked(drill: string, planFile: string, text: string): string {
  return `${BEGIN}${drill} ${digest(text)} of ${planFile}\n${text}${END}${drill}\n`;
}

/** A block of ours in a text: where it begins and ends there, and its mark. */
export interface Block {
  readonly from: number;
  readonly to: number;
  readonly mark: Mark;
}

/** The blocks of ours in a text, in order. One without its end goes as far as the text, and was changed. */
export function blocksIn(text: string): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < text.length;) {
    const next = text.indexOf('\n', at) + 1 || text.length;
    const { drill, digest: stated, planFile } = readBegin(text.slice(at, next));
    if (drill === undefined || planFile === undefined) {
      at = next;
      continue;
    }
    const end = `${END}${drill}\n`;
    const last = text.indexOf(end, next);
    const to = last < 0 ? text.length : last + end.length;
    const isUnchanged = last >= 0 && digest(text.slice(next, last)) === stated;
    blocks.push({ from: at, to, mark: { drill, planFile, isUnchanged } });
    at = to;
  }
  return blocks;
}

/** The mark of a text that is ours from its first line to its last; null: it is somebody else's. */
export function markOf(text: string): Mark | null {
  const [block] = blocksIn(text);
  if (block?.from !== 0) return null;
  return block.to === text.length ? block.mark : { ...block.mark, isUnchanged: false };
}
