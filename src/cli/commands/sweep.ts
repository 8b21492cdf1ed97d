import { Option, type Command } from '@commander-js/extra-typings';
import { DrillError } from '../../core/errors.ts';
import { removeDeadRelays } from '../../host/relay.ts';
import { readMachine } from '../../machine/read-machine.ts';
import type { Looked } from '../../sandbox/kind.ts';
import { SANDBOX_KINDS, SANDBOX_NAMES, type SandboxName } from '../../sandbox/registry.ts';
import type { SweepOptions } from '../../sandbox/sandbox.ts';
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
  readonly sandbox?: SandboxName | undefined;
}

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .option('--run <id>', 'only this run, even if its instance was kept')
    .option('--kept', 'kept instances and kept data as well')
    .option('--forget <id>', 'forget this run: its server is gone for good, and is not asked')
    .option('--dry-run', 'only say what would be done')
    .option('--scratch <dir>', 'only this directory, where backups are restored')
    .addOption(new Option('--sandbox <kind>', 'only there; default: all').choices(SANDBOX_NAMES))
    .addHelpText('after', examples('drill sweep --dry-run', 'drill sweep --run 20261121T034512Z-3f9a'))
    .action(async (options) => done(await sweep(options, context)));
}

/** Removes what killed runs left behind. Returns the exit status: 4 when something is still there. */
async function sweep(options: SweepCommandOptions, context: CliContext): Promise<number> {
  if (options.forget !== undefined) return forget(options.forget, context);
  const dryRun = options.dryRun === true;
  const what: SweepOptions = { run: options.run ?? null, kept: options.kept === true, dryRun };
  const looked = await lookAtAll(options, what, context);
  if (!dryRun) await removeDeadRelays();
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
async function forget(runId: string, context: CliContext): Promise<number> {
  const notes = SANDBOX_KINDS.flatMap(([, kind]) => kind.notes ?? []);
  for (const noted of notes) {
    const forgotten = await noted.forget(runId);
    if (!forgotten) continue;
    context.stdout(sweptLine(forgotten, false, context.stdoutStyle));
    return EXIT.passed;
  }
  const directories = notes.map((noted) => noted.directory()).join(', ');
  throw new DrillError('not-found', `no run ${runId} is noted in ${directories}`, {
    hint: 'drill sweep --dry-run lists what is there; only runs on servers can be forgotten',
  });
}

/** The kinds that were asked for: where a directory of this machine is named, those whose runs may lie in it. */
async function lookAtAll(
  { sandbox, scratch }: SweepCommandOptions,
  what: SweepOptions,
  { signal, env }: CliContext,
): Promise<Looked[]> {
  const usual = readMachine(env).scratch ?? undefined;
  const looked: (Looked | null)[] = [];
  for (const [name, kind] of SANDBOX_KINDS) {
    const isWanted = sandbox === undefined ? scratch === undefined || kind.onThisMachine : sandbox === name;
    if (isWanted) looked.push(await kind.sweep(what, { scratch: scratch ?? usual, asked: sandbox === name, signal }));
  }
  return looked.filter((item) => item !== null);
}
