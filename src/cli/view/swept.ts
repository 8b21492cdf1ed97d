import type { SweptRun } from '../../sandbox/sandbox.ts';
import { plain, type Style } from './style.ts';

/** What was done with what one run left. */
export function sweptLine(
  { runId, drill, path, action, message }: SweptRun,
  dryRun: boolean,
  style: Style = plain,
): string {
  const about = `${drill} ${runId} (${path})`;
  const why = message === null ? '' : `: ${message}`;
  const lines = {
    removed: dryRun ? `would remove ${about}` : `${style('green', 'removed')} ${about}`,
    running: `left alone ${about}: its run is still going on`,
    kept: `left alone ${about}${why}`,
    forgotten: `forgot ${about}: its server was not asked`,
    failed: `${style('red', 'could not remove')} ${about}${why}`,
  };
  return `${lines[action]}\n`;
}
