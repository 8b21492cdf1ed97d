import { DrillError } from '../core/errors.ts';
import { localSandbox } from '../plan/schema.ts';
import { LocalSandbox } from '../sandbox/local/local-sandbox.ts';
import { isScratch, scratchDirectory } from '../sandbox/local/scratch.ts';
import type { SweptRun } from '../sandbox/sandbox.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './exit-status.ts';
import { plain, type Style } from './style.ts';

interface SweepCommandOptions {
  readonly run?: string | undefined;
  readonly kept?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly scratch?: string | undefined;
}

/** `drill sweep`: removes what killed runs left behind. Returns the exit status: 4 when something is still there. */
export async function sweep(options: SweepCommandOptions, context: CliContext): Promise<number> {
  const scratch = scratchDirectory(options.scratch);
  if (!isScratch(scratch)) {
    if (options.scratch !== undefined || options.run !== undefined) {
      throw new DrillError('not-found', `${scratch} is no scratch directory of pgdrill`, {
        hint: 'name the one of the run with --scratch; nothing was touched',
      });
    }
    context.stdout(`Nothing to sweep: ${scratch} is no scratch directory of pgdrill.\n`);
    return EXIT.passed;
  }
  const dryRun = options.dryRun === true;
  const swept = await sandboxIn(scratch).sweep({ run: options.run ?? null, kept: options.kept === true, dryRun });
  if (options.run !== undefined && swept.length === 0) {
    throw new DrillError('not-found', `${scratch} holds no run ${options.run}`, {
      hint: 'drill sweep --dry-run lists what is there',
    });
  }
  context.stdout(
    swept.length === 0
      ? `Nothing to sweep in ${scratch}.\n`
      : swept.map((run) => sweptLine(run, dryRun, context.stdoutStyle)).join(''),
  );
  return swept.some(({ action }) => action === 'failed') ? EXIT.cleanup : EXIT.passed;
}

function sandboxIn(scratch: string): LocalSandbox {
  return new LocalSandbox(localSandbox.parse({ kind: 'local', scratch }));
}

/** What was done with one run directory. */
export function sweptLine(
  { runId, drill, path, action, message }: SweptRun,
  dryRun: boolean,
  style: Style = plain,
): string {
  const about = `${drill} ${runId} (${path})`;
  const why = message === null || dryRun ? '' : `: ${message}`;
  const lines = {
    removed: dryRun ? `would remove ${about}` : `${style('green', 'removed')} ${about}`,
    running: `left alone ${about}: its run is still going on`,
    kept: `left alone ${about}${why}`,
    failed: `${style('red', 'could not remove')} ${about}${why}`,
  };
  return `${lines[action]}\n`;
}
