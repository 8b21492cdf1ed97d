/** The front page. */
export const FRONT = 'index.html';

/** The table of copies; the first part has no number. */
export function copiesPath(part: number): string {
  return part === 1 ? 'copies.html' : `copies-${part}.html`;
}

/** A part of the scorecard. */
export function scorecardPath(part: number): string {
  return part === 1 ? FRONT : `scorecard-${part}.html`;
}

/**
 * The page of a drill: in a folder below drills/, so that no name can be that of another page. The
 * ledger takes names of letters, digits, dots, dashes and underscores alone.
 */
export function drillPath(drill: string): string {
  return `drills/${drill}/index.html`;
}

/** A part of the list of the runs of a drill, the oldest first. */
export function runListPath(drill: string, part: number): string {
  return `drills/${drill}/runs-${part}.html`;
}

/** A path of the site, or of what lies beside it, as a page `depth` folders down names it. */
export function from(depth: number, path: string): string {
  return `${'../'.repeat(depth)}${path}`;
}
