import { Option, type Command } from '@commander-js/extra-typings';
import { DrillError } from '../../core/errors.ts';
import { removeDeadRelays } from '../../host/relay.ts';
import { dockerSandbox, localSandbox } from '../../plan/sandbox-schema.ts';
import { DockerSandbox } from '../../sandbox/docker/docker-sandbox.ts';
import { LocalSandbox } from '../../sandbox/local/local-sandbox.ts';
import { isScratch, scratchDirectory } from '../../sandbox/local/scratch.ts';
import { intentDirectory } from '../../sandbox/ssh/intent.ts';
import { forgetIntent, sweepIntents } from '../../sandbox/ssh/sweep.ts';
import type { SweepOptions, SweptRun } from '../../sandbox/sandbox.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { sweptLine } from '../view/swept.ts';
import type { Done } from './command.ts';

interface SweepCommandOptions {
  readonly run?: string | undefined;
  readonly forget?: string | undefined;
  readonly kept?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly scratch?: string | undefined;
  readonly sandbox?: 'local' | 'docker' | 'ssh' | undefined;
}

/** What was looked at: where, and what was found there. */
interface Looked {
  readonly where: string;
  readonly swept: readonly SweptRun[];
}

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .option('--run <id>', 'only this run, even if its instance was kept')
    .option('--kept', 'kept instances and kept data as well')
    .option('--forget <id>', 'ask the server of this run no more, since it is gone for good')
    .option('--dry-run', 'only say what would be done')
    .option('--scratch <dir>', 'only this directory, where backups are restored')
    .addOption(new Option('--sandbox <kind>', 'only there; default: all').choices(['local', 'docker', 'ssh'] as const))
    .addHelpText('after', examples('drill sweep --dry-run', 'drill sweep --run 20261121T034512Z-3f9a'))
    .action(async (options) => done(await sweep(options, context)));
}

/** Removes what killed runs left behind. Returns the exit status: 4 when something is still there. */
async function sweep(options: SweepCommandOptions, context: CliContext): Promise<number> {
  if (options.forget !== undefined) return forget(options.forget, context);
  const dryRun = options.dryRun === true;
  const what: SweepOptions = { run: options.run ?? null, kept: options.kept === true, dryRun };
  const all = [
    await sweepLocal(options, what),
    await sweepDocker(options, what),
    await sweepServers(options, what, context.signal),
  ];
  if (!dryRun) await removeDeadRelays();
  const looked = all.filter((item) => item !== null);
  const swept = looked.flatMap((item) => item.swept);
  const places = looked.map(({ where }) => where).join(', ');
  if (options.run !== undefined && swept.length === 0) {
    throw new DrillError('not-found', `run ${options.run} was not found; looked in ${places}`, {
      hint: 'drill sweep --dry-run lists what is there; runs restored elsewhere need --scratch',
    });
  }
  context.stdout(
    swept.length === 0
      ? `Nothing to sweep; looked in ${places}.\n`
      : swept.map((run) => sweptLine(run, dryRun, context.stdoutStyle)).join(''),
  );
  return swept.some(({ action }) => action === 'failed') ? EXIT.cleanup : EXIT.passed;
}

/** The server is gone for good: nobody is asked any more. */
function forget(runId: string, context: CliContext): number {
  const forgotten = forgetIntent(runId);
  if (!forgotten) {
    throw new DrillError('not-found', `no run ${runId} is noted in ${intentDirectory()}`, {
      hint: 'drill sweep --dry-run lists what is there; only runs on servers can be forgotten',
    });
  }
  context.stdout(sweptLine(forgotten, false, context.stdoutStyle));
  return EXIT.passed;
}

async function sweepLocal(options: SweepCommandOptions, what: SweepOptions): Promise<Looked | null> {
  if (options.sandbox === 'docker' || options.sandbox === 'ssh') return null;
  const scratch = scratchDirectory(options.scratch);
  if (isScratch(scratch)) {
    const sandbox = new LocalSandbox(localSandbox.parse({ kind: 'local', scratch }));
    return { where: scratch, swept: await sandbox.sweep(what) };
  }
  if (options.scratch === undefined) return { where: `${scratch} (no scratch directory of pgdrill)`, swept: [] };
  throw new DrillError('not-found', `${scratch} is no scratch directory of pgdrill`, {
    hint: 'name the one of the run with --scratch; nothing was touched',
  });
}

/** The engine is looked at unless a directory was named; that there is none is no fault unless it was asked for. */
async function sweepDocker(options: SweepCommandOptions, what: SweepOptions): Promise<Looked | null> {
  const asked = options.sandbox === 'docker';
  if (!asked && (options.sandbox !== undefined || options.scratch !== undefined)) return null;
  try {
    const swept = await new DockerSandbox(dockerSandbox.parse({ kind: 'docker' })).sweep(what);
    return { where: 'the container engine', swept };
  } catch (error) {
    if (!asked && error instanceof DrillError && error.code === 'engine-unreachable') return null;
    throw error;
  }
}

/** The servers of which runs have written down that they use or make them. */
async function sweepServers(
  options: SweepCommandOptions,
  what: SweepOptions,
  signal: AbortSignal,
): Promise<Looked | null> {
  if (options.sandbox !== 'ssh' && (options.sandbox !== undefined || options.scratch !== undefined)) return null;
  return { where: `the servers noted in ${intentDirectory()}`, swept: await sweepIntents(what, signal) };
}
