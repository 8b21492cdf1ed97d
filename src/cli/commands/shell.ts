import type { Command } from '@commander-js/extra-typings';
import { formatDuration, parseDurationMs } from '../../core/duration.ts';
import type { Endpoint } from '../../core/endpoint.ts';
import { DrillError } from '../../core/errors.ts';
import { abortAfter } from '../../core/timer.ts';
import type { RecoveredCopy } from '../../drill/services.ts';
import { openRelayHere } from '../../host/relay.ts';
import { runProgram } from '../../host/run-program.ts';
import { runInTerminal } from '../../host/start-program.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { exitStatusOf } from '../exit-status.ts';
import { plansFor } from '../plans/load-plans.ts';
import { addPlanOptions, seedOf, type PlanOptions } from '../plans/plan-options.ts';
import { runShown } from '../run-shown.ts';
import { resultText } from '../view/show-result.ts';
import type { Done } from './command.ts';

interface ShellOptions extends PlanOptions {
  readonly ttl: string;
  readonly database: string;
}

export function define(command: Command, context: CliContext, done: Done): void {
  addPlanOptions(command);
  command
    .argument('<plan>', 'a plan file, or its name in drills/')
    .argument('[words...]', 'words for psql, behind --')
    .optionsGroup('The shell:')
    .option('--database <name>', 'the database that psql connects to', 'postgres')
    .option('--ttl <duration>', 'how long it stays at most', '8h')
    .addHelpText(
      'after',
      examples(
        'drill shell orders --target-time "2026-05-13 14:32:00+00"',
        'drill shell orders --database shop -- -c "select count(*) from orders"',
      ),
    )
    .action(async (plan, words, options) => done(await shell(plan, words, options, context)));
}

/**
 * A drill with a psql on its copy before that is removed. All but what psql prints goes to stderr. Returns the exit status of the
 * drill.
 */
async function shell(
  file: string,
  words: readonly string[],
  options: ShellOptions,
  context: CliContext,
): Promise<number> {
  const ttlMs = parseDurationMs(options.ttl);
  if (ttlMs === null || ttlMs <= 0)
    throw new DrillError('plan-invalid', `--ttl ${options.ttl} is no duration`, { hint: 'write it as 30m or 8h' });
  const [plan, ...others] = plansFor([file], options, [], context.env);
  if (!plan || others.length > 0)
    throw new DrillError('plan-invalid', `a shell has one copy to look at, and ${file} names ${others.length + 1}`, {
      hint: 'name the repository, such as --repo 1',
    });
  // Nobody wants to hear of it after hours of replay.
  await runProgram(['psql', '--version'], { env: withoutPostgres(context.env) });
  let wasShown = false;
  const explore = async (copy: Endpoint, about: RecoveredCopy): Promise<void> => {
    wasShown = true;
    const { room } = about;
    context.stderr(`\n${introduction(about, ttlMs)}\n`);
    await psqlOn(copy, { ...options, words, ttlMs, full: room.signal }, context);
    if (room.error) context.stderr(`\nThe shell was ended: ${room.error.message}.\n`);
  };
  // Whoever looks has asked for this copy, not for another one.
  const result = await runShown(
    { ...plan, fallback: null },
    {
      keep: false,
      mode: context.interactive ? 'live' : 'lines',
      logLevel: null,
      trigger: 'on-demand',
      onlyIfDue: false,
      seed: seedOf(options),
      explore,
    },
    context,
  );
  const { redactor, stderr, stderrStyle, columns } = context;
  if (!wasShown) stderr('\nThere was no copy to look at.\n');
  stderr(`\n${redactor.text(resultText(result, stderrStyle, columns()))}`);
  return exitStatusOf(result.report, context.receivedSignal());
}

function introduction({ isFenced, isStandby }: RecoveredCopy, ttlMs: number): string {
  return [
    `The copy stays until psql ends, ${formatDuration(ttlMs)} at most.`,
    isFenced
      ? 'Nothing that is done in it reaches production.'
      : 'It is not fenced off: what is done in it may get to wherever this machine does.',
    isStandby
      ? 'It is a standby, and takes no writes.'
      : 'It is read-only until: set default_transaction_read_only = off;',
    '',
  ].join('\n');
}

interface Psql {
  readonly database: string;
  readonly words: readonly string[];
  readonly ttlMs: number;
  /** Aborts when the room that is to stay free is touched. */
  readonly full: AbortSignal;
}

/** The psql of this machine and of whoever runs it, with the terminal for itself. */
async function psqlOn(
  { host, port, user }: Endpoint,
  { database, words, ttlMs, full }: Psql,
  { env, signal, lendTerminal }: CliContext,
): Promise<void> {
  const end = AbortSignal.any([signal, full, abortAfter(ttlMs)]);
  // psql is outside of the fence, and would follow a link that the copy has put in the place of its socket.
  const relay = await openRelayHere(host, port);
  const argv = ['psql', '-h', relay.directory, '-p', String(port), '-U', user, '-d', database, ...words];
  try {
    await lendTerminal(() => runInTerminal(argv, withoutPostgres(env), end));
  } finally {
    await relay.close();
  }
}

/** What the user has set for production must not lead psql there. */
function withoutPostgres(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PG')));
}
